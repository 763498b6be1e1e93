package io.keyfold.cli;

import io.keyfold.cli.topic.Connection;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.workflow.stream.Workflow;
import io.keyfold.workflow.stream.WorkflowSettings;
import io.keyfold.workflow.stream.WorkflowStartException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.common.config.ConfigDef;
import picocli.CommandLine.Command;

/// `keyfold workflow`: one copy of the workflow in the foreground.
@Command(
        name = "workflow",
        mixinStandardHelpOptions = true,
        description = "Runs the workflow: folds requests and answers into statuses, audit and commands.")
final class WorkflowCommand extends Configured implements Callable<Integer> {
    /// A large state is restored first.
    private static final Duration READY_WITHIN = Duration.ofMinutes(10);

    @Override
    ConfigDef settings() {
        return WorkflowSettings.DEFINITION;
    }

    @Override
    Map<String, String> assumed() {
        return Map.of(
                WorkflowSettings.BOOTSTRAP_SERVERS, Connection.DEFAULT_BROKER,
                SerdeSettings.REGISTRY_URL, Connection.DEFAULT_REGISTRY,
                // Beside what `keyfold broker` and `keyfold registry` keep.
                WorkflowSettings.STATE_DIR, ".keyfold/state");
    }

    @Override
    public Integer call() throws InterruptedException {
        var workflow = Foreground.start("workflow", () -> start(resolve()));
        if (!workflow.awaitReady(READY_WITHIN)) {
            workflow.close();
            throw new CommandFailure(
                    ExitCode.UNREACHABLE,
                    "the workflow was not given its partitions within " + READY_WITHIN.toMinutes() + " min",
                    "See its log above, and whether the broker is well: keyfold doctor");
        }
        return Foreground.run("workflow", "folding", workflow, workflow::await);
    }

    private static Workflow start(Map<String, String> settings) {
        try {
            return Workflow.start(settings);
        } catch (WorkflowStartException e) {
            throw new CommandFailure(
                    ExitCode.UNREACHABLE, String.valueOf(e.getMessage()), "What is wrong around it: keyfold doctor");
        }
    }
}
