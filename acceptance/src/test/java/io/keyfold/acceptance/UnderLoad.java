package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.audit.Auditor;
import io.keyfold.audit.Invariant;
import io.keyfold.audit.Moment;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/// A fleet to which things are done while clusters are asked for. Each run has to end as it would have ended anyway, and in
/// the end the auditor looks at everything.
final class UnderLoad implements AutoCloseable {
    private static final Duration ALL_WITHIN = Duration.ofMinutes(3);

    /// Slow enough for two cores that other tests have too: a backlog would be taken for a stall.
    private static final Duration BETWEEN = Duration.ofMillis(800);

    static final int PARTITIONS = 3;
    private static final Program PRESENT = Program.present();
    private static final String ACCOUNT = "0123456789abcdef0123456789abcdef";
    private static final Set<RunState> GOING = Set.of(RunState.IN_PROGRESS, RunState.COMPENSATING);

    private final Fleet fleet;
    private final List<Part> services = new ArrayList<>();
    private final EvidenceReader reader;
    private final Stalls stalls;
    private final Load load;

    private UnderLoad(Fleet fleet, List<Part> services) {
        this.fleet = fleet;
        this.services.addAll(services);
        this.reader = new EvidenceReader(fleet, Map.of(ACCOUNT, "default"));
        this.stalls = new Stalls(fleet.bootstrapServers(), fleet.registryUrl());
        this.load = new Load(
                new PatientOrchestrator(fleet.bootstrapServers(), fleet.registryUrl()), BETWEEN, stalls::asking);
    }

    /// Makes the topics, starts one process of each service, and begins to ask.
    ///
    /// @param replicas of each topic
    static UnderLoad begin(Fleet fleet, int replicas) {
        return begin(fleet, replicas, Map.of(), _ -> Map.of());
    }

    /// The same with further settings: variables of the environment.
    ///
    /// @param ofWorker by its kind
    static UnderLoad begin(
            Fleet fleet, int replicas, Map<String, String> ofWorkflow,
            Function<String, Map<String, String>> ofWorker) {
        fleet.run(
                PRESENT, "topics", "create", "--partitions", Integer.toString(PARTITIONS), "--replication-factor",
                Integer.toString(replicas)).expect(0);
        List<Part> services = new ArrayList<>(List.of(fleet.start(PRESENT, Fleet.WORKFLOW, ofWorkflow)));
        Site.KINDS.forEach(kind -> services.add(fleet.start(PRESENT, kind, ofWorker.apply(kind))));
        services.forEach(Part::awaitReady);
        fleet.cloud().seedInstance(Load.SHARED_INSTANCE);
        fleet.cloud().fault(
                "{\"name\":\"refused\",\"operation\":\"key-protect.create_key\",\"body_contains\":\"" + Load.REFUSED
                        + "\",\"fault\":{\"type\":\"forbidden\"}}");
        UnderLoad begun = new UnderLoad(fleet, services);
        begun.through("undisturbed", ALL_WITHIN, () -> begun.load.awaitAsked(4));
        return begun;
    }

    /// The first process of the workflow.
    Part workflow() {
        return services.getFirst();
    }

    /// Asks for one more cluster, beside those that are asked for anyway.
    ///
    /// @param ends the only way in which it may end
    String ask(String prefix, Map<String, ?> otherwise, RunState ends) {
        return load.deploy(prefix, otherwise, ends);
    }

    /// Its status by now, once it has one.
    ClusterEncryptionStatus awaitStatus(String cluster) {
        return await("a status of " + cluster).atMost(ALL_WITHIN)
                .until(() -> reader.latest().get(cluster), Objects::nonNull);
    }

    /// Starts one more process of the workflow, which must be alive in the end.
    Part anotherWorkflow() {
        return anotherWorkflow(Map.of());
    }

    /// @param settings of its own: variables of the environment
    Part anotherWorkflow(Map<String, String> settings) {
        Part another = fleet.start(PRESENT, Fleet.WORKFLOW, settings).awaitReady();
        services.add(another);
        return another;
    }

    /// Starts one more worker of this kind, which must be alive in the end.
    void anotherWorker(String kind) {
        services.add(fleet.start(PRESENT, kind).awaitReady());
    }

    /// This one need not be alive in the end.
    void letGo(Part service) {
        services.remove(service);
    }

    /// A directory for a fleet, in which what a failed test wants to show stays until the next clean build.
    static Path directory(String name) {
        try {
            return Files.createTempDirectory(
                    Files.createDirectories(PRESENT.home().resolve("acceptance/target/sites")), name);
        } catch (IOException e) {
            throw new IllegalStateException("No directory for " + name, e);
        }
    }

    /// Does something, and goes on until all that was asked for meanwhile has ended.
    ///
    /// @param atMost so long may the status of a cluster stand still because of it
    /// @return the longest that one stood still
    Stalls.Stall through(String what, Duration atMost, Runnable disturbance) {
        stalls.takeLongest();
        disturbance.run();
        load.awaitAsked(4);
        awaitEnds();
        Stalls.Stall longest = stalls.takeLongest();
        load.tell(what + ": longest stall " + longest);
        assertThat(longest.length()).as("stall of %s: %s", longest.cluster(), what).isLessThan(atMost);
        return longest;
    }

    /// Lets so much time pass, in which no service may give up.
    void allLiveFor(Duration time) {
        await("so long without").during(time).atMost(time.plus(ALL_WITHIN)).untilAsserted(this::allLive);
    }

    private void allLive() {
        assertThat(services).as("services that are alive").allMatch(Part::isAlive);
    }

    /// How many requests Kafka has taken.
    int acknowledged() {
        return load.expected().size();
    }

    private void awaitEnds() {
        Set<String> asked = load.expected().keySet();
        await("an end for each of " + asked.size()).atMost(ALL_WITHIN).pollInterval(Duration.ofMillis(250))
                .until(() -> {
                    Map<String, ClusterEncryptionStatus> latest = reader.latest();
                    return asked.stream()
                            .filter(cluster -> !latest.containsKey(cluster) || isGoing(latest.get(cluster))).toList();
                }, List::isEmpty);
    }

    private static boolean isGoing(ClusterEncryptionStatus status) {
        return GOING.contains(status.getLastRun().getState());
    }

    /// No run has failed that need not, nothing is lost, doubled or left over, and no service has given up.
    void end() {
        end(Set.of());
    }

    /// @param notJudged what the auditor cannot judge of what has been done here
    void end(Set<Invariant> notJudged) {
        load.stop();
        awaitEnds();
        Map<String, ClusterEncryptionStatus> latest = reader.latest();
        load.expected().forEach(
                (cluster, mayEndAs) -> assertThat(mayEndAs).as("end of %s: %s", cluster, latest.get(cluster))
                        .contains(latest.get(cluster).getLastRun().getState()));
        await("all commands are answered").atMost(ALL_WITHIN).until(() -> reader.unanswered() == 0);
        assertThat(Auditor.audit(reader.evidence(), Moment.AT_REST).violations())
                .filteredOn(violation -> !notJudged.contains(violation.invariant())).isEmpty();
        try (Records records = new Records(fleet.bootstrapServers(), fleet.registryUrl())) {
            assertThat(records.deadLetters()).isEmpty();
        }
        allLive();
        System.out.println(load.figures() + "; " + Chaos.again());
    }

    @Override
    public void close() {
        load.close();
        stalls.close();
        reader.close();
    }
}
