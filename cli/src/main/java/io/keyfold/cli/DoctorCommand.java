package io.keyfold.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.keyfold.cli.output.Format;
import io.keyfold.cli.output.Table;
import io.keyfold.cli.output.Terminal;
import io.keyfold.cli.topic.Backlog;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.Members;
import io.keyfold.cli.topic.Preparation;
import io.keyfold.cli.topic.TopicFailure;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.cli.topic.WorkerHealth;
import io.keyfold.schemas.Inspection;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.schemas.WorkerGroups;
import io.keyfold.workers.WorkerKind;
import io.keyfold.workers.WorkerService;
import io.keyfold.workers.WorkerSettings;
import io.keyfold.workflow.stream.HangingTransactions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyfold doctor`: looks at everything that Keyfold stands on and says how to repair what is wrong.
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Checks Java, broker, topics, registry and schemas, whether workflow and workers run, and whether the cloud"
                + " is reachable and takes each account's API key; says how to repair each.")
final class DoctorCommand extends InstallationCommand implements Callable<Integer> {
    private static final int WANTED_JAVA = 25;
    private static final int FEW = 3;

    @Option(names = {"-o", "--output"}, defaultValue = "TABLE", description = "table (default), json or yaml.")
    private Format format = Format.TABLE;

    @Option(
            names = "--roles-of",
            paramLabel = "KIND",
            description = "Look also, by reads alone, which of the IAM roles that this worker kind needs the credentials have:"
                    + " kms-instance, root-key, authorization or all. Several times for several. Give doctor that worker's"
                    + " credentials.")
    private List<String> rolesOf = new ArrayList<>();

    @Override
    public Integer call() {
        var kinds = WorkerKinds.named(rolesOf);
        var settings = resolve();
        var connection = new Connection(settings);
        var preparation = new Preparation(connection);
        var findings = new ArrayList<Finding>();
        findings.add(java());
        var broker = broker(connection);
        findings.add(broker);
        if (broker.isGood()) {
            var topics = inspected("topics", preparation::verifyTopics);
            findings.add(topics);
            findings.addAll(processes(connection, settings));
            findings.addAll(ailments(connection));
            if (topics.isGood()) {
                findings.addAll(gaps(connection, settings));
                findings.addAll(hanging(connection, settings));
            }
        }
        findings.add(inspected("registry and schemas", preparation::verifySchemas));
        findings.addAll(CloudCheck.findings(settings, kinds));
        System.out.println(format.isData() ? format.of(json(findings)) : table(findings));
        return findings.stream().allMatch(Finding::isGood) ? ExitCode.OK : ExitCode.UNHEALTHY;
    }

    private static Finding java() {
        var version = Runtime.version();
        return version.feature() >= WANTED_JAVA
                ? new Finding("java", true, version + " at " + System.getProperty("java.home"), "")
                : new Finding("java", false, "version " + version, "Install JDK 25 or set KEYFOLD_JAVA_HOME");
    }

    private static Finding broker(Connection connection) {
        try (var admin = connection.admin()) {
            var nodes = connection.reached(() -> Preparation.brokers(admin));
            return new Finding("broker", true, nodes + " at " + connection.bootstrapServers(), "");
        } catch (TopicFailure e) {
            return new Finding("broker", false, String.valueOf(e.getMessage()), e.remedy());
        }
    }

    private static List<Finding> processes(Connection connection, Map<String, String> settings) {
        var members = new Members(connection);
        var installation = installation(settings);
        var findings = new ArrayList<Finding>();
        findings.add(process(members, "workflow", workflowGroup(settings)));
        for (var kind : WorkerKind.values()) {
            findings.add(worker(members, kind, WorkerSettings.groupId(installation, kind)));
        }
        return findings;
    }

    private static Finding worker(Members members, WorkerKind kind, String group) {
        var process = "worker " + kind.service();
        var running = process(members, process, group);
        if (!running.isGood()) {
            return running;
        }
        var clientIds = members.clientIds(group);
        var earlier = clientIds.stream().filter(WorkerGroups::isEarlier).count();
        return earlier == 0 ? running
                : new Finding(
                        process, false,
                        "runs, but " + earlier + " of the " + clientIds.size() + " members of its group " + group
                                + " are of an earlier version, which passes over what this one adds to commands",
                        "Replace them by this version's: keyfold " + process + ". Until then no workflow of it starts");
    }

    /// @param process as `keyfold` starts it
    private static Finding process(Members members, String process, String group) {
        try {
            var count = members.of(group);
            return count > 0
                    ? new Finding(process, true, "runs; members of its group " + group + ": " + count, "")
                    : new Finding(
                            process, false, "is not running: its group " + group + " has no member",
                            "keyfold " + process);
        } catch (TopicFailure e) {
            return new Finding(process, false, String.valueOf(e.getMessage()), e.remedy());
        }
    }

    /// What is paused or has its circuit open, although it runs.
    private static List<Finding> ailments(Connection connection) {
        try (var topics = new TopicReader(connection)) {
            return WorkerHealth.read(topics).ailments().stream().map(
                    ailment -> new Finding("worker " + ailment.worker(), false, ailment.words(), ailment.remedy()))
                    .toList();
        } catch (TopicFailure e) { // the topics' own finding says it too
            return List.of(new Finding("pauses and circuits", false, String.valueOf(e.getMessage()), e.remedy()));
        }
    }

    /// What was deleted before the service that it was for had read it.
    private static List<Finding> gaps(Connection connection, Map<String, String> settings) {
        var installation = installation(settings);
        var sources = new ArrayList<Topic<?>>(Topics.SAGA_SOURCES);
        sources.add(Topics.LEDGER_REQUESTS);
        var inputs = new ArrayList<>(List.of(new Backlog(connection, workflowGroup(settings), sources)));
        for (var kind : WorkerKind.values()) {
            var group = WorkerSettings.groupId(installation, kind);
            inputs.add(new Backlog(connection, group, List.of(WorkerService.commands(kind))));
        }
        try {
            return inputs.stream().flatMap(input -> input.gaps().stream())
                    .map(gap -> new Finding("input", false, gap.words(), gap.remedy()))
                    .toList();
        } catch (TopicFailure e) {
            return List.of(new Finding("input", false, String.valueOf(e.getMessage()), e.remedy()));
        }
    }

    /// What Kafka has forgotten to end: partitions that wait for ever.
    private static List<Finding> hanging(Connection connection, Map<String, String> settings) {
        try (var admin = connection.admin()) {
            return new HangingTransactions(admin, workflowGroup(settings)).look().stream().map(
                    found -> new Finding(
                            "transactions", false, found.words(),
                            found.isWhole()
                                    ? "The workflow ends it by itself within seconds, where it may (ALTER on the cluster)."
                                            + " Otherwise, as Kafka's administrator: "
                                            + found.commands(connection.bootstrapServers())
                                    : "As Kafka's administrator: " + found.commands(connection.bootstrapServers())
                                            + ". Then look what is missing: keyfold audit"))
                    .toList();
        } catch (KafkaException e) {
            return List.of(
                    new Finding(
                            "transactions", false, String.valueOf(e.getMessage()), "Try again: keyfold doctor"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    private static Finding inspected(String subject, Supplier<List<Inspection>> look) {
        try {
            var found = look.get();
            var bad = found.stream().filter(inspection -> !inspection.isGood()).toList();
            if (bad.isEmpty()) {
                return new Finding(subject, true, "all " + found.size() + " as the catalogue wants them", "");
            }
            var isMissing = bad.stream().allMatch(inspection -> inspection.state() == Inspection.State.MISSING);
            return new Finding(
                    subject,
                    false,
                    firstOf(bad.stream().flatMap(inspection -> inspection.differences().stream()).toList()),
                    isMissing ? "keyfold topics create"
                            : "All of them: keyfold topics verify. Keyfold changes nothing that exists");
        } catch (TopicFailure e) {
            return new Finding(subject, false, String.valueOf(e.getMessage()), e.remedy());
        }
    }

    private static String firstOf(List<String> differences) {
        var shown = differences.stream().limit(FEW).collect(Collectors.joining("; "));
        return differences.size() <= FEW ? shown : shown + "; and " + (differences.size() - FEW) + " more";
    }

    private static String table(List<Finding> findings) {
        var terminal = Terminal.ofThisProcess();
        var table = Table.plain();
        for (var finding : findings) {
            table.row(finding.isGood() ? terminal.good("ok") : terminal.bad("WRONG"), finding.subject(),
                    finding.words());
            if (!finding.remedy().isEmpty()) {
                table.row("", "", "-> " + finding.remedy());
            }
        }
        return table.toString();
    }

    private static JsonNode json(List<Finding> findings) {
        var array = JsonNodeFactory.instance.arrayNode();
        findings.forEach(finding -> array.addObject()
                .put("subject", finding.subject())
                .put("good", finding.isGood())
                .put("found", finding.words())
                .put("remedy", finding.remedy()));
        return array;
    }
}
