package io.keyfold.acceptance;

import static org.awaitility.Awaitility.await;

import io.keyfold.audit.Auditor;
import io.keyfold.audit.CloudEvidence;
import io.keyfold.audit.Evidence;
import io.keyfold.audit.Moment;
import io.keyfold.audit.Violation;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/// Lives through some histories at the same time on one site, while its processes are killed and stopped; then mends
/// what is broken, removes every cluster, and has audited what came of it.
final class Interleavings {
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(150);
    private static final Duration ASKED_AGAIN_AFTER = Duration.ofSeconds(3);
    private static final Set<RunState> PARKED = EnumSet.of(RunState.COMPENSATION_FAILED, RunState.KEY_IN_USE);
    private static final Set<RunState> GOING = EnumSet.of(RunState.IN_PROGRESS, RunState.COMPENSATING);

    private static final Set<Standing> IN_USE =
            EnumSet.of(Standing.CUSTOMER_MANAGED, Standing.PROVIDER_MANAGED, Standing.DRIFTED);

    private final Site site;
    private final long seed;
    private final List<History> histories;
    private final EvidenceReader reader;
    private final Disturber disturber;
    private final Map<String, Instant> asked = new HashMap<>();
    private final Map<RunState, Long> ends = new EnumMap<>(RunState.class);
    private final Set<String> registered = ConcurrentHashMap.newKeySet();
    private long struck;
    private Instant begin = Instant.EPOCH;
    private int controls;

    /// @param seed      of the first history and of what happens to the processes
    /// @param histories each in an account of its own
    Interleavings(Site site, long seed, List<History> histories) {
        this.site = site;
        this.seed = seed;
        this.histories = List.copyOf(histories);
        var accounts = new HashMap<String, String>();
        histories.forEach(history -> accounts.put(History.accountId(history.account()), history.account()));
        this.reader = new EvidenceReader(site, accounts);
        this.disturber = new Disturber(site, seed);
    }

    /// @throws AssertionError with the whole story of each history in which an invariant broke
    void live() {
        try (reader) {
            histories.forEach(this::prepare);
            CompletableFuture<Void> disturbed = disturber.begin();
            begin = Instant.now();
            makeMoves();
            disturbed.join();
            settle("what was asked", () -> allAre(status -> !GOING.contains(state(status))));
            mend();
            settle("what was parked", () -> {
                retryWhatIsParked();
                return allAre(Interleavings::isAtRest);
            });
            refuse(Auditor.audit(reader.evidence(), Moment.AT_REST).violations());
            settle("the removal of all clusters", () -> {
                removeWhatIsLeft();
                return allAre(status -> isAtRest(status) && status.getResources().isEmpty());
            });
            refuse(Auditor.audit(reader.evidence(), Moment.AT_THE_END).violations());
            tell();
        }
    }

    private void prepare(History history) {
        Cloud cloud = site.cloud();
        String account = History.accountId(history.account());
        String shared = cloud.seedInstance(history.sharedInstance(), account);
        if (history.hasTeamKey()) {
            cloud.seedKey(shared, History.TEAM_KEY);
        }
        if (history.hasPolicyByHand()) {
            cloud.seedPolicy(shared, "server-protect", "", account);
        }
    }

    private void makeMoves() {
        try (var clock = Executors.newSingleThreadScheduledExecutor()) {
            var made = histories.stream().flatMap(history -> history.moves().stream()).map(
                    move -> clock.schedule(() -> make(move), move.at().toMillis(), TimeUnit.MILLISECONDS)).toList();
            for (var move : made) {
                try {
                    move.get();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("Interrupted", e);
                } catch (ExecutionException e) {
                    throw new IllegalStateException("A move could not be made", e);
                }
            }
        }
    }

    private void make(History.Move move) {
        switch (move) {
            case History.Deploy deploy -> site.ask(deploy.published(begin));
            case History.Control control -> site.ask(control.request());
            case History.Breaks breaks -> site.cloud().fault(breaks.rule());
            case History.Registers registers -> register(registers);
        }
    }

    private void register(History.Registers move) {
        Cloud cloud = site.cloud();
        cloud.keys(move.keyName()).stream().findFirst().ifPresent(key -> {
            cloud.register(cloud.instanceOf(key), key, move.volume());
            registered.add(move.volume());
        });
    }

    /// Nothing is broken any more, and nothing is encrypted with a key.
    private void mend() {
        struck = site.cloud().struck();
        site.cloud().noMoreFaults();
        registered.forEach(site.cloud()::unregister);
    }

    // ---- coming to rest

    private void settle(String what, BooleanSupplier isSo) {
        try {
            await(what).atMost(SETTLED_WITHIN).pollInterval(Duration.ofMillis(500))
                    .until(() -> isSo.getAsBoolean() && reader.unanswered() == 0);
            site.awaitQuiet();
        } catch (ConditionTimeoutException e) {
            refuse(Auditor.audit(reader.evidence(), Moment.AT_REST).violations());
            throw new AssertionError("Never at rest: " + what + ": " + restless() + talesOfTheRestless() + again(), e);
        }
    }

    private boolean allAre(Predicate<ClusterEncryptionStatus> so) {
        return reader.latest().values().stream().allMatch(so);
    }

    private static boolean isAtRest(ClusterEncryptionStatus status) {
        return !GOING.contains(state(status)) && !PARKED.contains(state(status));
    }

    /// Who is not at rest; if all are, who has something left.
    private List<ClusterEncryptionStatus> restless() {
        List<ClusterEncryptionStatus> moving =
                reader.latest().values().stream().filter(status -> !isAtRest(status)).toList();
        return moving.isEmpty()
                ? reader.latest().values().stream().filter(status -> !status.getResources().isEmpty()).toList()
                : moving;
    }

    private String talesOfTheRestless() {
        return tales(
                restless().stream().map(status -> status.getClusterId().split("/", 2)[0]).collect(Collectors.toSet()),
                List.of());
    }

    private static RunState state(ClusterEncryptionStatus status) {
        return status.getLastRun() == null ? RunState.UNKNOWN : status.getLastRun().getState();
    }

    /// As an operator does: whatever waits for a person is mended by now.
    private void retryWhatIsParked() {
        askAgain(ControlAction.RETRY, status -> PARKED.contains(state(status)));
    }

    /// Once more also for an instance that was refused to go because of another cluster's keys in it: as its status says.
    private void removeWhatIsLeft() {
        retryWhatIsParked();
        askAgain(
                ControlAction.DEPROVISION, status -> isAtRest(status)
                        && (IN_USE.contains(status.getStanding()) || !status.getResources().isEmpty()));
    }

    private void askAgain(ControlAction action, Predicate<ClusterEncryptionStatus> which) {
        reader.latest().forEach((cluster, status) -> {
            Instant last = asked.getOrDefault(cluster + action, Instant.EPOCH);
            if (which.test(status) && last.plus(ASKED_AGAIN_AFTER).isBefore(Instant.now())) {
                asked.put(cluster + action, Instant.now());
                control(cluster, status, action);
            }
        });
    }

    private void control(String cluster, ClusterEncryptionStatus status, ControlAction action) {
        site.ask(
                ClusterControlRequested.newBuilder().setControlId("end-" + ++controls).setClusterId(cluster)
                        .setAction(action).setRequestId(status.getLastRun().getRequestId()).setReason("the end")
                        .setRequestedBy("acceptance test").setRequestedAt(Instant.EPOCH).build());
    }

    // ---- telling

    /// How often each kind of end was come to.
    Map<RunState, Long> ends() {
        return ends;
    }

    private void tell() {
        Evidence evidence = reader.evidence();
        ends.putAll(evidence.topics().audit().values().stream().flatMap(List::stream)
                .filter(line -> line.event() == AuditEvent.RUN_ENDED)
                .collect(Collectors.groupingBy(
                        line -> RunState.valueOf(line.to()), Collectors.counting())));
        System.out.printf(
                Locale.ROOT, "%d histories from seed %d on: %d requests, runs %s, %d commands, %d calls with an effect,"
                        + " %d calls that met a fault, %d s%n",
                histories.size(), seed, evidence.topics().requests().size(), ends, evidence.topics().commands().size(),
                evidence.cloud().flatMap(CloudEvidence::calls).orElseThrow().effects().size(), struck,
                Duration.between(begin, Instant.now()).toSeconds());
    }

    private void refuse(List<Violation> violations) {
        if (violations.isEmpty()) {
            return;
        }
        Set<String> accounts = violations.stream().map(Violation::account).collect(Collectors.toSet());
        throw new AssertionError(
                violations.size() + " violations in " + accounts.size() + " of " + histories.size() + " histories\n"
                        + tales(accounts, violations) + again());
    }

    private String tales(Set<String> accounts, List<Violation> violations) {
        Evidence evidence = reader.evidence();
        return histories.stream().filter(history -> accounts.contains(history.account())).limit(5)
                .map(
                        history -> new Tale(history, begin, evidence, disturber.done()).of(
                                violations.stream().filter(it -> it.account().equals(history.account())).toList()))
                .collect(Collectors.joining());
    }

    private String again() {
        return "\nAgain, all " + histories.size() + " of them: -Dkeyfold.seed=" + seed + " -Dkeyfold.interleavings="
                + histories.size() + "\n";
    }
}
