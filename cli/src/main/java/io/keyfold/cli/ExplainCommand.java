package io.keyfold.cli;

import io.keyfold.cli.output.Explanation;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.cli.topic.WorkerHealth;
import io.keyfold.schemas.Topics;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `keyfold explain`: a cluster's state in sentences.
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = "Says in words why one cluster is in the state that it is in, what happened, what is in the account"
                + " because of it, and what to do now.")
final class ExplainCommand extends ClientCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "CLUSTER",
            description = "<account>/<cluster_prefix>; without an account: default.")
    private String cluster = "";

    @Override
    public Integer call() {
        try (var topics = new TopicReader(connection())) {
            var status = StatusCommand.find(topics, cluster);
            var audit = topics.all(Topics.CLUSTER_ENCRYPTION_AUDIT, status.getClusterId());
            System.out.println(new Explanation(status, audit).text());
            WaitsFor.of(status, () -> WorkerHealth.read(topics)).forEach(System.out::println);
        }
        return ExitCode.OK;
    }
}
