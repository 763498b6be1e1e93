package io.keyfold.cli.demo;

import io.keyfold.cli.output.Board;
import io.keyfold.cli.output.StatusReport;
import io.keyfold.cli.output.Table;
import io.keyfold.cli.output.Terminal;
import io.keyfold.cli.output.Text;
import io.keyfold.cli.process.ChildProcess;
import io.keyfold.cli.process.Installation;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.cli.topic.StatusFeed;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.RunState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Deploys the six examples on a [Site] of its own and shows how they advance and end.
public final class Demo implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
    private static final Duration ALL_ENDED_WITHIN = Duration.ofSeconds(150);
    private static final Set<RunState> GOING = Set.of(RunState.UNKNOWN, RunState.IN_PROGRESS, RunState.COMPENSATING);

    private final Path examples;
    private final Consumer<String> out;
    private final Terminal terminal;
    private final StatusReport report;
    private final Site site;
    private final Map<String, Example> exampleOf = new LinkedHashMap<>();
    private final Map<String, ClusterEncryptionStatus> latest = new LinkedHashMap<>();
    private final List<ClusterEncryptionAudit> story = new ArrayList<>();
    private final Set<Long> knownToHaveEnded = new HashSet<>();

    /// @param out is given every line that is shown
    /// @param isSecure whether Kafka is to let nobody do more than he has to
    public Demo(Installation installation, Consumer<String> out, Terminal terminal, boolean isSecure) {
        this(installation, out, terminal, SiteShape.ofDemo(isSecure));
    }

    Demo(Installation installation, Consumer<String> out, Terminal terminal, SiteShape shape) {
        this.examples = installation.home().resolve("examples");
        this.out = out;
        this.terminal = terminal;
        this.report = new StatusReport(terminal);
        this.site = Site.create(installation, out, shape);
    }

    /// Starts every process, see [Site], and fills the emulated cloud.
    public void start(int brokerPort, int registryPort, int emulatorPort, int gatewayPort) {
        out.accept("Everything is kept under " + site.directory());
        site.start(new Site.Ports(brokerPort, registryPort, emulatorPort, gatewayPort));
        site.cloud().prepare();
    }

    /// Deploys the examples and follows them to their ends.
    ///
    /// @return true if each ended as it must
    public boolean run() {
        out.accept("");
        try (var feed = StatusFeed.fromBeginning(site.connection(), Optional.empty())) {
            publish();
            follow(feed);
        }
        showResults();
        return exampleOf.entrySet().stream().allMatch(each -> endedAsItMust(each.getKey(), each.getValue()));
    }

    /// The audit's story of each cluster.
    public void showStories() {
        for (var cluster : exampleOf.keySet()) {
            out.accept("");
            out.accept(terminal.bold("The audit's story of " + cluster));
            var table = Table.plain();
            story.stream()
                    .filter(line -> line.getClusterId().equals(cluster))
                    .forEach(line -> table.row(
                            Text.clock(line.getOccurredAt()), line.getEvent().name(), line.getMessage()));
            out.accept(table.toString());
        }
    }

    /// Where everything listens and which processes there are, for those who want to look around.
    public void showAddresses() {
        out.accept("");
        site.settings().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(setting -> out.accept(setting.getKey() + "=" + setting.getValue()));
        out.accept("");
        var processes = new Table("PROCESS", "ID", "LOG");
        site.children().forEach(
                child -> processes.row(child.name(), String.valueOf(child.pid()), child.log().toString()));
        out.accept(processes.toString());
        out.accept("");
        out.accept("API and live page: " + site.gatewayAddress());
        out.accept("");
        out.accept("Look around from another shell, Ctrl-C here ends everything:");
        out.accept("  export KEYFOLD_CONFIG=" + site.settingsFile());
        out.accept("  ./keyfold status      ./keyfold watch      ./keyfold doctor");
        out.accept("  ./keyfold deploy --wait --set cluster_prefix=hpc-mine --set zone=eu-de-1");
    }

    /// Stays until the demo is closed, and says of each process that ends by itself what there is to know.
    public void stay() throws InterruptedException {
        while (!site.isClosed()) {
            var ended = site.ended();
            // Ctrl-C ends the children too, perhaps a moment before it closes the demo.
            TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
            if (!site.isClosed()) {
                ended.forEach(this::sayEnded);
            }
        }
    }

    /// Something went wrong: the logs stay.
    public void leaveLogs() {
        site.leaveDirectory();
        out.accept("Until the next demo the logs stay in " + site.directory());
    }

    String gatewayAddress() {
        return site.gatewayAddress();
    }

    void endInOrder(Duration patience) {
        site.endInOrder(patience);
    }

    /// True once [#close] was called, by a shutdown hook for example.
    public boolean isClosed() {
        return site.isClosed();
    }

    @Override
    public void close() {
        site.close();
    }

    private void publish() {
        try (var publisher = new RequestPublisher(site.connection())) {
            for (var example : Example.ALL) {
                var request = example.request(examples, Instant.now());
                exampleOf.put(request.getAccount() + "/" + request.getClusterPrefix(), example);
                publisher.publish(request);
            }
        }
    }

    private void follow(StatusFeed feed) {
        var board = new Board(report, terminal, out);
        var until = Instant.now().plus(ALL_ENDED_WITHIN);
        while (!allEnded() && Instant.now().isBefore(until) && site.ended().isEmpty()) {
            var news = feed.next(POLL);
            story.addAll(news.audit());
            news.statuses().forEach(status -> latest.put(status.getClusterId(), status));
            board.show(news.statuses());
        }
        if (site.isClosed()) {
            throw new IllegalStateException("The demo was ended");
        }
        site.ended().forEach(this::sayEnded);
        // The last audit records are in the same transaction as the last statuses: one look more has them.
        story.addAll(feed.next(POLL).audit());
    }

    private void sayEnded(ChildProcess child) {
        if (!knownToHaveEnded.add(child.pid())) {
            return;
        }
        out.accept("");
        out.accept(terminal.bad("The " + child.name() + " (process " + child.pid() + ") has ended by itself: "
                + child.end() + "."));
        out.accept("Its log, until this demo ends: " + child.log());
        out.accept(site.remedy(child));
    }

    private boolean allEnded() {
        return exampleOf.keySet().stream().allMatch(cluster -> {
            var status = latest.get(cluster);
            var run = status == null ? null : status.getLastRun();
            return run != null && !GOING.contains(run.getState());
        });
    }

    private boolean endedAsItMust(String cluster, Example example) {
        var status = latest.get(cluster);
        return status != null && example.endedAsItMust(status);
    }

    private void showResults() {
        var results = new Table("EXAMPLE", "CLUSTER", "STANDING", "LAST RUN", "AS IT MUST");
        var reasons = new Table("CLUSTER", "WHY");
        var made = new Table("CLUSTER", "RESOURCE", "WHOSE", "NAME", "CRN OR ID");
        exampleOf.forEach((cluster, example) -> {
            var status = latest.get(cluster);
            var run = status == null ? null : status.getLastRun();
            results.row(
                    example.title(),
                    cluster,
                    status == null ? "-" : report.standing(status.getStanding()),
                    run == null ? "-" : report.state(run.getState()),
                    endedAsItMust(cluster, example) ? terminal.good("yes") : terminal.bad("NO"));
            if (run != null) {
                var why = run.getViolations().isEmpty() ? List.of(StatusReport.why(run)) : run.getViolations();
                reasons.row(cluster, why.getFirst());
                why.stream().skip(1).forEach(line -> reasons.row("", line));
            }
            if (status != null) {
                status.getResources().forEach(resource -> made.row(
                        cluster,
                        resource.getKind().name(),
                        resource.getOwnership().name(),
                        resource.getKind() == ResourceKind.AUTHORIZATION_POLICY
                                ? resource.getStep().name()
                                : resource.getName(),
                        Text.orDash(resource.getCrn().isEmpty() ? resource.getId() : resource.getCrn())));
            }
        });
        out.accept("");
        out.accept(results.toString());
        out.accept("");
        out.accept(reasons.toString());
        out.accept("");
        out.accept(made.toString());
        out.accept("");
        out.accept(site.cloud().contents());
    }
}
