package io.keyfold.acceptance;

import static org.awaitility.Awaitility.await;

import io.keyfold.acceptance.crash.CrashPoint;
import io.keyfold.acceptance.crash.Fate;
import io.keyfold.acceptance.crash.MortalWorker;
import io.keyfold.audit.Evidence;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import io.keyfold.workers.WorkerKind;
import io.keyfold.workers.delivery.ReceivedRecord;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Lives through scenarios in which one worker dies at one point: broker, registry, cloud and workflow are processes; of
/// the workers the one that is to die works for its cluster alone, and bystanders do what the others do.
final class CrashCases implements AutoCloseable {
    enum Scenario {
        DEPLOY, UNDO, DEPROVISION
    }

    /// @param call of the worker in this scenario, from 1
    record Case(int number, Scenario scenario, WorkerKind kind, int call, CrashPoint point) {
        String prefix() {
            return "crash-" + number;
        }
    }

    /// What a scenario comes to: the run's end, what holds, and whose each resource is.
    record End(RunState run, Standing standing, List<String> resources) {}

    /// @param struck the call at which the worker died; empty if it never came to it
    record Outcome(Case of, Optional<String> struck, End end) {}

    /// What happens where nobody dies.
    record Course(Map<WorkerKind, List<Fate.Deed>> deeds, End end) {
        List<String> calls(WorkerKind kind) {
            return deeds.get(kind).stream().filter(Fate.Deed::isCall).map(Fate.Deed::words).toList();
        }

        boolean isFollowedByAnEvent(WorkerKind kind, int call) {
            List<Fate.Deed> all = deeds.get(kind);
            List<Integer> calls =
                    IntStream.range(0, all.size()).filter(at -> all.get(at).isCall()).boxed().toList();
            int next = calls.get(call - 1) + 1;
            return next < all.size() && !all.get(next).isCall();
        }
    }

    private static final int AT_A_TIME = Integer.getInteger("keyfold.crashes.at.a.time", 16);
    private static final Duration SOON = Duration.ofMinutes(3);

    /// Whoever asks for this Object Storage instance is refused his last authorization, and so has all undone.
    private static final String REFUSED_COS = "deadbeef-0000-4000-8000-000000000000";

    private final Fleet fleet;
    private final MortalWorker.Surroundings surroundings;
    private final EvidenceReader reader;
    private final RequestPublisher publisher;
    private final List<MortalWorker> bystanders = new ArrayList<>();
    private final Set<String> watched = ConcurrentHashMap.newKeySet();

    CrashCases() throws Exception {
        Path sites = Files.createDirectories(Program.present().home().resolve("acceptance/target/sites"));
        fleet = new Fleet(Files.createTempDirectory(sites, "crash"), Map.of());
        fleet.run(Program.present(), "topics", "create", "--partitions", "6", "--replication-factor", "1").expect(0);
        fleet.start(Program.present(), Fleet.WORKFLOW, Map.of("KEYFOLD_NEEDED_ASK_AGAIN_AFTER_MS", "2000"))
                .awaitReady();
        fleet.cloud().fault(
                "{\"name\":\"refused\",\"operation\":\"iam-policy-**create_policy\",\"body_contains\":\"" + REFUSED_COS
                        + "\",\"fault\":{\"type\":\"forbidden\"}}");
        fleet.cloud().fault(
                "{\"name\":\"late\",\"operation\":\"iam-policy-**create_policy\",\"body_contains\":\"" + REFUSED_COS
                        + "\",\"fault\":{\"type\":\"latency\",\"ms\":1500}}");
        surroundings = new MortalWorker.Surroundings(
                fleet.bootstrapServers(), fleet.registryUrl(), URI.create(fleet.cloud().url()));
        reader = EvidenceReader.withoutWorkers(fleet, Map.of("0123456789abcdef0123456789abcdef", "default"));
        publisher = new RequestPublisher(
                new Connection(
                        Map.of(
                                "bootstrap.servers", fleet.bootstrapServers(), "schema.registry.url",
                                fleet.registryUrl())));
        for (WorkerKind kind : WorkerKind.values()) {
            bystanders.add(
                    worker(kind, "bystander", record -> !watched.contains(kind + clusterOf(record)), Optional.empty()));
        }
        for (MortalWorker bystander : bystanders) {
            bystander.awaitReady();
        }
    }

    private MortalWorker worker(
            WorkerKind kind, String name, Predicate<ReceivedRecord> mine, Optional<Fate.Plan> plan) {
        String group = name + "-" + kind.service();
        String process = group + (plan.isPresent() ? "-dies" : "");
        return new MortalWorker(surroundings, kind, process, group, mine, plan);
    }

    private static String clusterOf(ReceivedRecord record) {
        byte[] key = record.key();
        return key == null ? "" : new String(key, StandardCharsets.UTF_8);
    }

    // ---- where nobody dies

    Map<Scenario, Course> observe() throws Exception {
        var courses = new EnumMap<Scenario, Course>(Scenario.class);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var observed = new EnumMap<Scenario, Future<Course>>(Scenario.class);
            for (Scenario scenario : Scenario.values()) {
                observed.put(scenario, threads.submit(() -> observe(scenario)));
            }
            for (Scenario scenario : Scenario.values()) {
                courses.put(scenario, observed.get(scenario).get());
            }
        }
        return courses;
    }

    private Course observe(Scenario scenario) throws Exception {
        String prefix = "seen-" + scenario.name().toLowerCase(Locale.ROOT);
        String cluster = prepare(scenario, prefix);
        var workers = new EnumMap<WorkerKind, MortalWorker>(WorkerKind.class);
        for (WorkerKind kind : WorkerKind.values()) {
            workers.put(kind, first(kind, prefix, cluster, Optional.empty()));
        }
        for (MortalWorker worker : workers.values()) {
            worker.awaitReady();
        }
        begin(scenario, prefix);
        End end = awaitEnd(scenario, cluster);
        workers.values().forEach(MortalWorker::close);
        return new Course(
                workers.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().fate().deeds())),
                end);
    }

    // ---- where one dies

    List<Outcome> live(List<Case> cases) throws Exception {
        var outcomes = new ArrayList<Outcome>();
        try (var threads = Executors.newFixedThreadPool(AT_A_TIME, Thread.ofVirtual().factory())) {
            List<Future<Outcome>> lived = cases.stream().map(one -> threads.submit(() -> live(one))).toList();
            for (Future<Outcome> one : lived) {
                outcomes.add(one.get());
            }
        }
        return outcomes;
    }

    private Outcome live(Case one) throws Exception {
        String cluster = prepare(one.scenario(), one.prefix());
        MortalWorker first =
                first(one.kind(), one.prefix(), cluster, Optional.of(new Fate.Plan(one.call(), one.point())));
        first.awaitReady();
        begin(one.scenario(), one.prefix());
        Optional<String> struck = struck(first.fate());
        first.close();
        try (MortalWorker _ = worker(
                one.kind(), one.prefix(), record -> clusterOf(record).equals(cluster), Optional.empty())) {
            return new Outcome(one, struck, awaitEnd(one.scenario(), cluster));
        }
    }

    private static Optional<String> struck(Fate fate) throws Exception {
        try {
            return Optional.of(fate.died().get(SOON.toSeconds(), TimeUnit.SECONDS).words());
        } catch (TimeoutException e) {
            return Optional.empty();
        }
    }

    /// What a deprovision is about is deployed by the bystanders.
    private String prepare(Scenario scenario, String prefix) {
        String cluster = "default/" + prefix;
        if (scenario == Scenario.DEPROVISION) {
            publisher.publish(Site.request(prefix).build());
            awaitEnd(Scenario.DEPLOY, cluster);
        }
        return cluster;
    }

    /// From now on this kind's commands for the cluster are this worker's. Its group is new: what lies there is not.
    private MortalWorker first(WorkerKind kind, String prefix, String cluster, Optional<Fate.Plan> plan) {
        watched.add(kind + cluster);
        return worker(
                kind, prefix, record -> clusterOf(record).equals(cluster) && !record.wasWaitingAtAssignment(), plan);
    }

    private void begin(Scenario scenario, String prefix) {
        switch (scenario) {
            case DEPLOY -> publisher.publish(Site.request(prefix).build());
            case UNDO -> publisher.publish(Site.request(prefix).setCosInstanceGuid(REFUSED_COS).build());
            case DEPROVISION -> publisher.publish(
                    ClusterControlRequested.newBuilder().setControlId("deprovision-" + prefix)
                            .setClusterId("default/" + prefix).setAction(ControlAction.DEPROVISION)
                            .setRequestId("r-" + prefix).setReason("its end").setRequestedBy("acceptance test")
                            .setRequestedAt(Instant.EPOCH).build());
        }
    }

    private End awaitEnd(Scenario scenario, String cluster) {
        return await(scenario + " of " + cluster).atMost(SOON).until(
                () -> latest(cluster),
                status -> status.filter(it -> isEnd(scenario, it)).isPresent()).map(CrashCases::end).orElseThrow();
    }

    private synchronized Optional<ClusterEncryptionStatus> latest(String cluster) {
        return Optional.ofNullable(reader.latest().get(cluster));
    }

    private static boolean isEnd(Scenario scenario, ClusterEncryptionStatus status) {
        RunState state = status.getLastRun().getState();
        return state != RunState.IN_PROGRESS && state != RunState.COMPENSATING
                && (scenario != Scenario.DEPROVISION || status.getStanding() != Standing.CUSTOMER_MANAGED);
    }

    private static End end(ClusterEncryptionStatus status) {
        return new End(
                status.getLastRun().getState(), status.getStanding(),
                status.getResources().stream().map(it -> it.getStep() + " " + it.getOwnership()).sorted().toList());
    }

    synchronized Evidence evidence() {
        return reader.evidence();
    }

    @Override
    public void close() {
        bystanders.forEach(MortalWorker::close);
        publisher.close();
        reader.close();
        fleet.close();
    }
}
