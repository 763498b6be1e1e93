package io.keyfold.cli;

import io.keyfold.cli.topic.Connection;
import io.keyfold.monitoring.Monitor;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.workflow.stream.Workflow;
import io.keyfold.workflow.stream.WorkflowSettings;
import io.keyfold.workflow.stream.WorkflowStartException;
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
        Foreground.endWhenTheClockIsSetBack();
        var monitor = Foreground.monitor("workflow", "keyfold-workflow", this::resolve);
        var workflow = Foreground.startPatiently("workflow", () -> start(resolve(), monitor));
        return Foreground.run(
                "workflow",
                "folding",
                new Foreground.Service(workflow, monitor, workflow::awaitReady, workflow::isHealthy, workflow::await),
                "its partitions, or for its state to be restored");
    }

    static Workflow start(Map<String, String> settings, Monitor monitor) {
        try {
            return Workflow.start(settings, monitor);
        } catch (WorkflowStartException e) {
            var message = String.valueOf(e.getMessage());
            throw e.waitsFor().<RuntimeException>map(who -> new NotYetException(who, message))
                    .orElseGet(
                            () -> new CommandFailure(
                                    ExitCode.UNREACHABLE, message, "What is wrong around it: keyfold doctor"));
        }
    }
}
