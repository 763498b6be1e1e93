package io.keyfold.acceptance;

import static org.awaitility.Awaitility.await;

import io.keyfold.audit.Auditor;
import io.keyfold.audit.Evidence;
import io.keyfold.audit.Moment;
import io.keyfold.audit.Report;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.cli.topic.TopicFailure;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;

/// Very many workflows on real processes that are killed and stopped all the while, in a cloud of which a share of all
/// calls goes wrong. Then nothing is broken any more, whatever waits for a person is retried as a person would, and a part
/// of the clusters is removed.
final class Storm implements AutoCloseable {
    private static final int OPEN_AT_A_TIME = 400;

    /// IAM limits how many policies an account may have: a fleet as large as this one has several.
    private static final int ACCOUNTS = 10;
    private static final int ASKED_AT_ONCE = 25;
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);
    private static final Duration AT_REST_WITHIN = Duration.ofMinutes(20);
    private static final Duration ASKED_AGAIN_AFTER = Duration.ofSeconds(15);
    private static final Set<RunState> PARKED = EnumSet.of(RunState.COMPENSATION_FAILED, RunState.KEY_IN_USE);
    private static final Set<RunState> ENDS =
            EnumSet.of(RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED, RunState.REJECTED);

    private final Map<String, Workload.Workflow> asked = new LinkedHashMap<>();
    private final Set<String> removed = new HashSet<>();
    private final Map<String, RunState> firstEnds = new HashMap<>();
    private final Map<String, Instant> retried = new HashMap<>();
    private final int workflows;
    private final Workload workload;
    private final Fleet fleet;
    private final Leaders leaders;
    private final Killer killer;
    private final EvidenceReader reader;
    private final RequestPublisher publisher;
    private Instant told = Instant.EPOCH;
    private int retries;
    private int repeatedWrites;
    private volatile int ended;

    /// @param copies of each kind of worker
    Storm(Path directory, long seed, int workflows, int copies, int kills, double faultPercent) {
        this.workflows = workflows;
        List<String> accounts = IntStream.rangeClosed(1, ACCOUNTS).mapToObj(it -> "acc" + it).toList();
        this.workload = new Workload(seed, accounts);
        this.fleet = new Fleet(
                directory, Brokers.three(directory),
                List.of("--seed", Long.toString(seed), "--token-lifetime-ms", "30000"));
        this.leaders = new Leaders(fleet.bootstrapServers());
        Program program = Program.present();
        fleet.run(program, "topics", "create", "--partitions", "6", "--replication-factor", "3").expect(0);
        accounts.forEach(this::prepare);
        var workers = new TreeMap<String, Part>();
        for (String kind : Site.KINDS) {
            for (int copy = 1; copy <= copies; copy++) {
                workers.put(kind + " " + copy, fleet.start(program, kind, ofWorkers(accounts)));
            }
        }
        Part workflow = fleet.start(program, Fleet.WORKFLOW, Map.of("KEYFOLD_NEEDED_ASK_AGAIN_AFTER_MS", "2000"));
        workers.values().forEach(Part::awaitReady);
        workflow.awaitReady();
        var others = new TreeMap<>(
                Map.of("registry", fleet.registry(), "emulator", fleet.emulator(), "workflow", workflow));
        IntStream.rangeClosed(1, fleet.brokers().count())
                .forEach(node -> others.put("broker " + node, fleet.brokers().node(node)));
        this.killer = new Killer(workers, others, leaders::awaitAllInSync, seed, kills);
        this.reader = new EvidenceReader(
                fleet, accounts.stream().collect(Collectors.toMap(History::accountId, alias -> alias)));
        this.publisher = new RequestPublisher(
                new Connection(
                        Map.of(
                                "bootstrap.servers", fleet.bootstrapServers(), "schema.registry.url",
                                fleet.registryUrl())));
        fleet.cloud().fault(new CloudFaults(faultPercent).rules());
    }

    private void prepare(String account) {
        Cloud cloud = fleet.cloud();
        cloud.addApiKey(keyOf(account), account, History.accountId(account));
        Workload.SHARED_INSTANCES.forEach(
                name -> cloud.seedKey(cloud.seedInstance(name, History.accountId(account)), Workload.TEAM_KEY));
    }

    private static Map<String, String> ofWorkers(List<String> accounts) {
        var settings = new HashMap<String, String>();
        settings.put("KEYFOLD_STEP_TIME_MS", "10000");
        for (String account : accounts) {
            String prefix = "KEYFOLD_ACCOUNT_" + account.toUpperCase(Locale.ROOT) + "_IBM_";
            settings.put(prefix + "API_KEY", keyOf(account));
            settings.put(prefix + "ACCOUNT_ID", History.accountId(account));
        }
        return settings;
    }

    private static String keyOf(String account) {
        return "key-of-" + account;
    }

    /// @return what the auditor says once all is at rest
    Report rage(Proof proof) {
        CompletableFuture<Void> killed = killer.begin(() -> (double) ended / workflows);
        while (asked.size() < workflows || ended < workflows && !killed.isDone()) {
            askFor(killed.isDone() ? 1 : killer.progress());
            lookAfterAMoment();
        }
        killed.join();
        killer.restartWhatHasEnded();
        settle("what was asked for, while the cloud breaks", Storm::isGoing);
        proof.calls(fleet.cloud().counts());
        fleet.cloud().noMoreFaults();
        settle("what was asked for", this::isRestless);
        removeAThird();
        settle("the removal of a third", this::isRestless);
        Evidence evidence = reader.evidence();
        Report report = Auditor.audit(evidence, Moment.AT_REST);
        proof.tell(killer, asked.values(), firstEnds, evidence, report, retries, repeatedWrites);
        return report;
    }

    /// As many as the processes that were killed by then allow: so that there is load until the last of them.
    private void askFor(double progress) {
        long mayBeAsked = Math.round(Math.min(1, progress + 0.02) * workflows);
        int room = OPEN_AT_A_TIME - (asked.size() - firstEnds.size());
        for (int more = Math.min(room, ASKED_AT_ONCE); more > 0 && asked.size() < mayBeAsked; more--) {
            Workload.Workflow workflow = workload.drawn(asked.size());
            written(() -> publisher.publish(workflow.request()));
            asked.put(workflow.cluster(), workflow);
            if (workflow.isCancelled()) {
                ask(workflow.control(ControlAction.CANCEL, "cancel"));
            }
            if (workflow.isSentTwice()) {
                written(() -> publisher.publish(workflow.request()));
            }
        }
    }

    private void ask(ClusterControlRequested control) {
        written(() -> publisher.publish(control));
    }

    /// Until the broker has it, as an orchestrator does: the same request once more has no effect.
    private void written(Runnable write) {
        await("the broker takes it").atMost(Duration.ofMinutes(5)).pollDelay(Duration.ZERO).until(() -> {
            try {
                write.run();
                return true;
            } catch (TopicFailure e) { // broker or registry are being killed
                repeatedWrites++;
                return false;
            }
        });
    }

    private void lookAfterAMoment() {
        await().pollDelay(LOOK_EVERY).atMost(Duration.ofMinutes(5)).until(() -> true);
        Map<String, ClusterEncryptionStatus> latest = look();
        asked.values().stream().filter(Workload.Workflow::isRemoved)
                .filter(it -> firstEnds.get(it.cluster()) == RunState.COMPLETED)
                .filter(it -> isEncrypted(latest.get(it.cluster())))
                .limit(ASKED_AT_ONCE).toList().forEach(this::remove);
        reader.readEffects();
        tellEveryMinute();
    }

    /// For whoever waits for it.
    private void tellEveryMinute() {
        if (told.plus(Duration.ofMinutes(1)).isBefore(Instant.now())) {
            told = Instant.now();
            System.out.printf(
                    "%s: %d of %d asked for, %d ended, %d killed%n", told, asked.size(), workflows, ended,
                    killer.killed());
        }
    }

    private void remove(Workload.Workflow workflow) {
        if (removed.add(workflow.cluster())) {
            ask(workflow.control(ControlAction.DEPROVISION, "remove"));
        }
    }

    private static boolean isEncrypted(ClusterEncryptionStatus status) {
        return status.getStanding() == Standing.CUSTOMER_MANAGED || status.getStanding() == Standing.PROVIDER_MANAGED;
    }

    private Map<String, ClusterEncryptionStatus> look() {
        Map<String, ClusterEncryptionStatus> latest = reader.latest();
        latest.forEach((cluster, status) -> {
            if (ENDS.contains(state(status))) {
                firstEnds.putIfAbsent(cluster, state(status));
            }
        });
        ended = firstEnds.size();
        return latest;
    }

    private void removeAThird() {
        Map<String, ClusterEncryptionStatus> latest = look();
        var standing = asked.values().stream().filter(it -> isEncrypted(latest.get(it.cluster())))
                .filter(it -> !removed.contains(it.cluster())).toList();
        standing.subList(0, standing.size() / 3).forEach(this::remove);
    }

    private void settle(String what, Predicate<ClusterEncryptionStatus> isRestless) {
        try {
            await(what).atMost(AT_REST_WITHIN).pollInterval(Duration.ofSeconds(2)).until(() -> {
                Map<String, ClusterEncryptionStatus> latest = look();
                retryWhatIsParked(latest);
                reader.readEffects();
                return latest.size() >= asked.size() && with(latest, isRestless).isEmpty() && reader.unanswered() == 0;
            });
        } catch (ConditionTimeoutException e) {
            Map<String, ClusterEncryptionStatus> latest = look();
            throw new AssertionError(
                    "Never at rest: " + what + ": of " + asked.size() + " asked, " + latest.size() + " have a status; "
                            + with(latest, isRestless).entrySet().stream().limit(20).toList() + "; "
                            + Auditor.audit(reader.evidence(), Moment.LIVE).violations().stream().limit(20).toList(),
                    e);
        }
    }

    private static boolean isGoing(ClusterEncryptionStatus status) {
        return !ENDS.contains(state(status)) && !PARKED.contains(state(status));
    }

    /// Also those whose deprovision was not read yet.
    private boolean isRestless(ClusterEncryptionStatus status) {
        return !ENDS.contains(state(status))
                || removed.contains(status.getClusterId()) && isEncrypted(status)
                        && state(status) == RunState.COMPLETED;
    }

    private static Map<String, ClusterEncryptionStatus> with(
            Map<String, ClusterEncryptionStatus> latest, Predicate<ClusterEncryptionStatus> what) {
        var found = new TreeMap<String, ClusterEncryptionStatus>();
        latest.forEach((cluster, status) -> {
            if (what.test(status)) {
                found.put(cluster, status);
            }
        });
        return found;
    }

    private void retryWhatIsParked(Map<String, ClusterEncryptionStatus> latest) {
        with(latest, status -> PARKED.contains(state(status))).keySet().forEach(cluster -> {
            if (retried.getOrDefault(cluster, Instant.EPOCH).plus(ASKED_AGAIN_AFTER).isBefore(Instant.now())) {
                retried.put(cluster, Instant.now());
                ask(asked.get(cluster).control(ControlAction.RETRY, "retry-" + ++retries));
            }
        });
    }

    private static RunState state(ClusterEncryptionStatus status) {
        return status.getLastRun() == null ? RunState.UNKNOWN : status.getLastRun().getState();
    }

    int killed() {
        return killer.killed();
    }

    long completed() {
        return firstEnds.values().stream().filter(RunState.COMPLETED::equals).count();
    }

    /// Processes that have ended though nobody had killed them.
    Map<String, Integer> endedByThemselves() {
        return killer.endedByThemselves();
    }

    /// Clusters whose first run has ended as it must not.
    List<String> unexpectedEnds() {
        return asked.values().stream()
                .filter(it -> !it.mayEndAs().contains(firstEnds.getOrDefault(it.cluster(), RunState.UNKNOWN)))
                .map(it -> it.cluster() + " " + firstEnds.get(it.cluster()) + ", not one of " + it.mayEndAs()).toList();
    }

    @Override
    public void close() {
        publisher.close();
        reader.close();
        leaders.close();
        fleet.close();
    }
}
