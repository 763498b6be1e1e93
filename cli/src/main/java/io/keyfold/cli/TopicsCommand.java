package io.keyfold.cli;

import io.keyfold.cli.topic.Preparation;
import io.keyfold.schemas.Inspection;
import io.keyfold.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyfold topics`: makes the topics and registers the schemas, or says what differs.
@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Creates or verifies the topics and their schemas, who may use them, and how much.",
        subcommands = {TopicsCommand.Create.class, TopicsCommand.Verify.class, TopicAclsCommand.class,
            TopicQuotasCommand.class})
final class TopicsCommand {
    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Creates the topics that are missing and registers their schemas. Never changes a topic; names"
                    + " those that are there with another number of partitions or another cleanup policy.")
    static final class Create extends ClientCommand implements Callable<Integer> {
        @Option(
                names = "--partitions",
                paramLabel = "N",
                description = "Partitions of each topic; fixed once it is created. Default: "
                        + Topics.DEFAULT_PARTITIONS + ".")
        private int partitions = Topics.DEFAULT_PARTITIONS;

        @Option(
                names = "--replication-factor",
                paramLabel = "N",
                description = "Copies of each topic that is created. Default: the brokers' own.")
        private @Nullable Short replicationFactor;

        @Override
        public Integer call() {
            if (partitions < 1) {
                throw new CommandFailure(ExitCode.USAGE, "--partitions is " + partitions, "Give 1 or more");
            }
            var preparation = new Preparation(connection());
            var found = new ArrayList<>(preparation.createTopics(partitions, Optional.ofNullable(replicationFactor)));
            found.addAll(preparation.registerSchemas());
            return print(
                    found,
                    "Topics and schemas are there",
                    "Keyfold changes no topic that exists. Another number of partitions: keep it, with --partitions"
                            + " and the number that they have, or begin anew, as docs/operating.md says. Else: set"
                            + " what DIFFERENCE names with kafka-configs.sh");
        }
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = "Compares topics and schemas with the catalogue. Changes nothing.")
    static final class Verify extends ClientCommand implements Callable<Integer> {
        @Override
        public Integer call() {
            var preparation = new Preparation(connection());
            var found = new ArrayList<>(preparation.verifyTopics());
            found.addAll(preparation.verifySchemas());
            return print(
                    found,
                    "Topics and schemas are as the catalogue wants them",
                    "Missing ones: keyfold topics create. Others: see DIFFERENCE; Keyfold changes no topic that exists");
        }
    }

    private static int print(List<Inspection> found, String good, String remedy) {
        InspectionTable.print("TOPIC OR SUBJECT", "STATE", found, Inspection.State::name);
        var bad = found.stream().filter(inspection -> !inspection.isGood()).count();
        if (bad > 0) {
            throw new CommandFailure(
                    ExitCode.UNHEALTHY,
                    bad + " of " + found.size() + " topics and subjects are not as they are wanted",
                    remedy);
        }
        System.out.println(good + " (" + found.size() + ")");
        return ExitCode.OK;
    }
}
