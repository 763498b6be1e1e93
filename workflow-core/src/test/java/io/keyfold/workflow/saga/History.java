package io.keyfold.workflow.saga;

import io.keyfold.workflow.ledger.LedgerEntry;
import io.keyfold.workflow.ledger.LedgerFold;
import io.keyfold.workflow.ledger.LedgerReply;
import io.keyfold.workflow.ledger.LedgerRequest;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.Plan;
import io.keyfold.workflow.request.PlannedStep.Source;
import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.request.StorageService;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/// One history of a few clusters: requests, commands, answers, the ledger and time, all through the real folds, on a
/// clock of its own. What happens when, and what goes wrong, is left to [Choices].
///
/// As with Kafka, order is kept within a topic for a key, and nothing is kept between topics: each channel delivers in
/// order and at its own pace. A worker's process may die or stall at any point; its command is then carried out again.
final class History {
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final int MOST_HAPPENINGS = 20_000;
    private static final int MOST_TIMES_ASKED = 4;
    private static final int MOST_LOOKS = 10;
    private static final String SHARED = "shared";

    /// By so much something comes late, and for so long a process is gone.
    static final Duration LATE = Duration.ofSeconds(45);
    private static final int RECORD_FATES = 3;

    private final Choices choices;
    private Points points = Points.none();
    private Instant workflowBackAt = START;
    private long steps;
    private SagaFold fold = new SagaFold(SagaSettings.of("test"));
    private final SimulatedCloud cloud = new SimulatedCloud();
    private final SimulatedWorkers workers;
    private WorkerProcesses processes;
    private final Map<String, LedgerEntry> ledger = new TreeMap<>();
    private final Map<ClusterId, Saga> sagas = new TreeMap<>(Comparator.comparing(ClusterId::toString));
    private final Map<ClusterId, List<SagaEvent>> told = new HashMap<>();
    private final PriorityQueue<Happening> happenings = new PriorityQueue<>(
            Comparator.comparing(Happening::at).thenComparing(Happening::number));
    private final Map<String, Instant> channels = new HashMap<>();
    private final Map<ClusterId, Integer> timesAskedAgain = new HashMap<>();
    private final Ends ends = new Ends();
    private final Set<UUID> sent = new HashSet<>();
    private final List<String> story;
    private final boolean isTold;
    private final PlantedBug bug;
    private final Map<UUID, Instant> sentAt = new HashMap<>();
    /// By so much a process's clock is ahead of IBM's.
    private Duration workflowAhead = Duration.ZERO;
    private Duration workersAhead = Duration.ZERO;
    private Instant outageUntil = START;
    private Instant now = START;
    private long numbers;
    private boolean faultless;
    /// Whether things are changed behind everybody's back.
    private boolean drifts;
    private boolean isQuiet;
    private final Map<String, Integer> mayYetLand = new HashMap<>();
    private boolean hasJumped;
    private boolean hasWeather;
    private int looks;

    /// @param isOfWorkflow whether it waits while there is no workflow
    private record Happening(Instant at, long number, Runnable what, boolean isOfWorkflow) {}

    /// @param isTold whether what happens is to be written down, for people to read
    History(Choices choices, boolean isTold) {
        this(choices, isTold, PlantedBug.NONE);
    }

    History(Choices choices, boolean isTold, PlantedBug bug) {
        this.choices = choices;
        this.bug = bug;
        this.isTold = isTold;
        this.story = new ArrayList<>();
        this.workers = new SimulatedWorkers(cloud, choices);
        this.processes = new WorkerProcesses(this, choices, workers, WorkerProcesses.Weather.CALM);
    }

    /// Lives through it all.
    ///
    /// @throws AssertionError as soon as something is as it must never be
    void live() {
        faultless = choices.below(5) == 4;
        drifts = choices.below(3) == 2;
        int tame = choices.below(3) == 2 ? 36 : 72;
        if (!faultless) {
            hasWeather = true;
            processes = new WorkerProcesses(this, choices, workers, new RandomWeather(choices, tame));
        }
        if (choices.chance(25)) {
            schedule(Duration.ofMinutes(1 + choices.below(60)));
        }
        if (!faultless && choices.chance(15)) {
            clocksJump();
        }
        if (!faultless && choices.chance(12)) {
            accountGoesOut();
        }
        int clusters = 1 + choices.below(3);
        prepare(clusters);
        for (int number = 1; number <= clusters; number++) {
            ask(new ClusterId("default", "hpc-" + number));
        }
        untilQuiet();
        resumeEverything();
        new Invariants(this).check();
        mendEverything();
        repairEverything();
        new Invariants(this).check();
        new Invariants(this).whatCanBeRepairedIsRepaired();
        Invariants.require(
                sagas.values().stream().filter(History::isParked).allMatch(History::waitsForOthersKeys),
                "parked though all is mended");
        replay();
        sweepEverything();
        new Invariants(this).check();
        removeEverything();
    }

    /// What nobody tells of, left behind by a run that is over, is found and deleted, and nothing else is.
    private void sweepEverything() {
        List<SimulatedCloud.Thing> before = cloud.alive();
        List<SimulatedCloud.Thing> planted = new ArrayList<>();
        for (ClusterId cluster : List.copyOf(sagas.keySet())) {
            Saga saga = sagas.get(cluster);
            List<SimulatedCloud.Thing> instances =
                    before.stream().filter(thing -> thing.kind() == ResourceKind.KMS_INSTANCE).toList();
            if (saga.goingRun().isEmpty() && saga.runs() > 0 && !instances.isEmpty()) {
                String mark = Mark.of("test", cluster, 1 + choices.below(saga.runs()), StepName.ROOT_KEY, 1);
                var instance = instances.get(choices.below(instances.size()));
                if (cloud.keyByAlias(instance.id(), mark).isEmpty()) {
                    planted.add(
                            cloud.create(
                                    ResourceKind.ROOT_KEY, "lost", mark, instance.id(), Optional.empty(),
                                    cluster.toString(), Mark.read(mark).orElseThrow().run(), now, Duration.ZERO));
                    say("nobody tells of %s, which a run of %s has made", planted.getLast().id(), cluster);
                }
            }
        }
        sagas.keySet().stream().toList().forEach(cluster -> sweep(cluster, "end-" + ++numbers, 0));
        untilQuiet();
        planted.forEach(
                thing -> Invariants.require(!cloud.isAlive(thing.id()), "a sweep has not deleted " + thing));
        Invariants.require(cloud.alive().equals(before), "a sweep has changed what it should not");
    }

    /// Names all that there is, whosever it is.
    ///
    /// @param lies of 100 marks, how many are made up
    private void sweep(ClusterId cluster, String id, int lies) {
        Saga saga = sagas.get(cluster);
        if (saga.lastRun().isEmpty()) {
            return;
        }
        List<Found> found = cloud.alive().stream().limit(Sweep.MOST).map(thing -> {
            StepName step = Mark.read(thing.mark()).map(Mark::step).orElse(switch (thing.kind()) {
                case KMS_INSTANCE -> StepName.KMS_INSTANCE;
                case ROOT_KEY -> StepName.ROOT_KEY;
                case AUTHORIZATION_POLICY -> StepName.BLOCK_STORAGE_AUTHORIZATION;
            });
            boolean isALie = choices.chance(lies) && thing.kind() != ResourceKind.KMS_INSTANCE;
            int run = isALie ? 1 + choices.below(saga.runs() + 1)
                    : Mark.read(thing.mark()).map(Mark::run).orElse(Math.max(1, thing.run()));
            return new Found(
                    step, run, isALie ? Mark.of("test", cluster, run, step, 1) : thing.mark(),
                    new CloudResource(
                            thing.id(), "", thing.name(), thing.instanceId(), "us-south",
                            Optional.of(thing.createdAt())));
        }).toList();
        happens(
                cluster,
                new SagaEvent.ControlRequested(
                        "sweep-" + id, ControlAction.SWEEP, current(saga), "sweep", "operator", "", found,
                        Optional.empty()));
    }

    /// How often what is in force is looked at by itself from now on; never, if zero.
    private void schedule(Duration interval) {
        fold = new SagaFold(SagaSettings.of("test").verifyingEvery(interval));
    }

    private void resumeEverything() {
        for (ClusterId cluster : List.copyOf(sagas.keySet())) {
            if (sagas.get(cluster).isPaused()) {
                control(cluster, ControlAction.RESUME, current(sagas.get(cluster)), "end-" + ++numbers);
            }
        }
        untilQuiet();
        Invariants.require(sagas.values().stream().noneMatch(Saga::isPaused), "paused for ever");
    }

    private static String current(Saga saga) {
        return saga.lastRun().map(Run::request).or(() -> saga.inForce().map(InForce::request)).orElseThrow()
                .requestId();
    }

    private void mendEverything() {
        isQuiet = true;
        outageUntil = START;
        schedule(Duration.ZERO);
        cloud.removeRegistrations();
        cloud.agreeToAll();
        for (int round = 1; round <= 4; round++) {
            timesAskedAgain.clear();
            sagas.forEach((cluster, saga) -> saga.nextWakeUp().ifPresent(wake -> wakeUp(cluster, wake)));
            untilQuiet();
            Invariants.require(sagas.values().stream().noneMatch(History::waitsForAKey),
                    "a free key is never asked for");
            for (ClusterId cluster : List.copyOf(sagas.keySet())) {
                if (isParked(sagas.get(cluster))) {
                    Run run = sagas.get(cluster).lastRun().orElseThrow();
                    control(cluster, ControlAction.RETRY, run.request().requestId(), "mended-" + ++numbers);
                }
            }
            untilQuiet();
        }
    }

    private void repairEverything() {
        for (ControlAction action : List.of(ControlAction.VERIFY, ControlAction.REPAIR)) {
            for (ClusterId cluster : List.copyOf(sagas.keySet())) {
                sagas.get(cluster).lastRun().ifPresent(
                        run -> control(cluster, action, run.request().requestId(), "repaired-" + ++numbers));
            }
            untilQuiet();
        }
    }

    /// Whatever is left of the clusters is deprovisioned, in any order and all at once.
    private void removeEverything() {
        for (ClusterId cluster : List.copyOf(sagas.keySet())) {
            Saga saga = sagas.get(cluster);
            saga.inForce().map(InForce::request).or(() -> saga.lastRun().map(Run::request)).ifPresent(request -> at(
                    Duration.ofMillis(choices.below(2_000)),
                    () -> deprovision(cluster, request.requestId(), "end")));
        }
        untilQuiet();
        new Invariants(this).check();
        mendEverything();
        new Invariants(this).nothingOfOursIsLeft();
    }

    private static boolean waitsForAKey(Saga saga) {
        return saga.undos().stream().anyMatch(undo -> undo.isParked() && undo.state().dueAt().isPresent());
    }

    private static boolean isParked(Saga saga) {
        return saga.lastRun().filter(run -> run.state().isParked()).isPresent()
                || saga.undos().stream().anyMatch(Undo::isParked);
    }

    /// What other clusters left unused in the instance is theirs to remove.
    private static boolean waitsForOthersKeys(Saga saga) {
        return saga.undos().stream().filter(Undo::isParked)
                .allMatch(undo -> undo.lastError().filter(fault -> fault.code() == FaultCode.KEYS_REMAIN).isPresent());
    }

    /// Whatever was told before, told once more, changes nothing in the cloud.
    private void replay() {
        List<SimulatedCloud.Thing> before = cloud.alive();
        for (ClusterId cluster : sagas.keySet()) {
            // A request that was refused as busy may be sent again, and the oldest controls are forgotten: only the topic's
            // offsets guard against their replay.
            List<String> remembered = sagas.get(cluster).seenControls();
            List<SagaEvent> events = told.getOrDefault(cluster, List.of()).stream()
                    .filter(event -> !(event instanceof SagaEvent.DeployRequested))
                    .filter(event -> !(event instanceof SagaEvent.ControlRequested control)
                            || remembered.contains(control.controlId()))
                    .toList();
            int last = choices.below(events.size() + 1);
            say("the first %s events of %s are told once more", last, cluster);
            events.subList(0, last).forEach(event -> happens(cluster, event));
        }
        untilQuiet();
        resumeEverything(); // a PAUSE that nobody remembers
        Invariants.require(cloud.alive().equals(before), "a replay changed the cloud");
        new Invariants(this).check();
    }

    // ---- what is asked for

    /// Lives through one story, in which something goes wrong at the points that are chosen and nowhere else.
    void live(Scenario scenario, Points chosen) {
        scenario.before(this);
        untilQuiet();
        points = chosen;
        processes = new WorkerProcesses(this, choices, workers, chosen);
        scenario.happens(this);
        untilQuiet();
        new Invariants(this).check();
        scenario.endsAsItShould(this, chosen.isRefused());
        points = Points.none();
        mendEverything();
        new Invariants(this).check();
        Invariants.require(sagas.values().stream().noneMatch(History::isParked), "parked though all is mended");
        removeEverything();
    }

    /// A cluster that nothing is known of.
    ClusterId cluster(String prefix) {
        var cluster = new ClusterId("default", prefix);
        sagas.put(cluster, Saga.unknown(cluster));
        return cluster;
    }

    void deploy(ClusterId cluster, DeployRequest request) {
        happens(cluster, new SagaEvent.DeployRequested(request));
    }

    private void prepare(int clusters) {
        if (choices.below(2) == 1) {
            var shared = foreign(ResourceKind.KMS_INSTANCE, SHARED, "", Optional.empty());
            foreign(ResourceKind.ROOT_KEY, "team-key", shared.id(), Optional.empty());
            if (choices.below(3) == 2) {
                foreign(
                        ResourceKind.AUTHORIZATION_POLICY,
                        "by hand",
                        shared.id(),
                        Optional.of(Plan.source(StorageService.BLOCK_STORAGE, Optional.empty())));
            }
        }
        if (!faultless && choices.chance(5)) {
            foreign(ResourceKind.KMS_INSTANCE, "hpc-" + clusters + "-kms", "", Optional.empty());
        }
        if (!faultless && choices.chance(20)) {
            deployedByOtherMeans("hpc-" + clusters);
        }
    }

    /// Now and then something of it is missing.
    private void deployedByOtherMeans(String prefix) {
        var instance = foreign(ResourceKind.KMS_INSTANCE, prefix + "-kms", "", Optional.empty());
        if (!choices.chance(5)) {
            foreign(ResourceKind.ROOT_KEY, prefix + "-key", instance.id(), Optional.empty());
        }
        for (StorageService storage : StorageService.values()) {
            if (!choices.chance(5)) {
                foreign(
                        ResourceKind.AUTHORIZATION_POLICY, "by hand", instance.id(),
                        Optional.of(Plan.source(storage, Optional.empty())));
            }
        }
    }

    SimulatedCloud.Thing foreign(ResourceKind kind, String name, String instanceId, Optional<Source> source) {
        return cloud.create(
                kind,
                name,
                "",
                instanceId,
                source,
                SimulatedCloud.SOMEBODY_ELSE,
                0,
                START.minus(Duration.ofDays(1)),
                Duration.ZERO);
    }

    private void ask(ClusterId cluster) {
        sagas.put(cluster, Saga.unknown(cluster));
        int deploys = 1 + choices.below(3);
        Duration at = Duration.ofMillis(choices.below(3_000));
        for (int number = 1; number <= deploys; number++) {
            DeployRequest request = request(cluster, id(number));
            boolean isImported = choices.chance(20);
            at(at, () -> happens(cluster, asked(request.deadline().isEmpty() ? request
                    : request.withDeadline(
                            workflowNow().plus(Duration.ofSeconds(1 + request.deadline().get().getEpochSecond()))),
                    isImported)));
            if (choices.chance(10)) {
                at(at.plus(choices.latency()), () -> happens(cluster, asked(request, isImported)));
            }
            if (choices.chance(20)) {
                Duration cancelAt = choices.below(4) == 3 ? Duration.ZERO : at.plus(choices.latency());
                at(cancelAt, () -> control(cluster, ControlAction.CANCEL, request.requestId(), "cancel"));
            }
            if (choices.chance(15)) {
                at(
                        at.plus(Duration.ofSeconds(choices.below(1_000))),
                        () -> deprovision(cluster, request.requestId(), "removed"));
            }
            if (choices.chance(15)) {
                at(
                        at.plus(Duration.ofSeconds(choices.below(1_000))),
                        () -> control(cluster, ControlAction.REMOVE, request.requestId(), "unused"));
            }
            for (int retry = choices.chance(20) ? 1 + choices.below(4) : 0; retry > 0; retry--) {
                String id = "retry-" + retry;
                at(
                        at.plus(Duration.ofSeconds(choices.below(200))),
                        () -> control(cluster, ControlAction.RETRY, request.requestId(), id));
            }
            if (!faultless && choices.chance(15)) {
                StepName step = StepName.values()[choices.below(StepName.values().length)];
                at(
                        at.plus(Duration.ofSeconds(choices.below(400))),
                        () -> processes.startOver(cluster, step));
            }
            verifications(cluster, request, at);
            pauses(cluster, request, at);
            sweeps(cluster, at, id(number));
            at = at.plus(
                    choices.below(2) == 1 ? Duration.ofMillis(choices.below(40_000))
                            : Duration.ofMinutes(choices.below(2) == 0 ? 120 : 3));
        }
    }

    private static SagaEvent asked(DeployRequest request, boolean isImported) {
        return isImported
                ? new SagaEvent.ControlRequested(
                        "import-" + request.requestId(), ControlAction.IMPORT, request.requestId(), "", "operator", "",
                        List.of(), Optional.of(request))
                : new SagaEvent.DeployRequested(request);
    }

    private void verifications(ClusterId cluster, DeployRequest request, Duration at) {
        for (int number = choices.chance(30) ? 1 + choices.below(3) : 0; number > 0; number--) {
            String id = "look-" + number;
            at(
                    at.plus(Duration.ofSeconds(choices.below(400))),
                    () -> control(cluster, ControlAction.VERIFY, request.requestId(), id));
        }
        if (drifts && choices.chance(50)) {
            at(
                    at.plus(Duration.ofSeconds(choices.below(800))),
                    () -> control(cluster, ControlAction.REPAIR, request.requestId(), "mended"));
        }
        if (drifts && choices.chance(50)) {
            at(at.plus(Duration.ofSeconds(choices.below(400))), () -> drift(cluster));
        }
    }

    private static String id(int number) {
        return "r-" + number;
    }

    private void sweeps(ClusterId cluster, Duration at, String id) {
        if (choices.chance(20)) {
            at(at.plus(Duration.ofSeconds(choices.below(3_000))), () -> sweep(cluster, id, 30));
        }
    }

    private void pauses(ClusterId cluster, DeployRequest request, Duration at) {
        for (int number = choices.chance(20) ? 1 + choices.below(2) : 0; number > 0; number--) {
            String id = "pause-" + number;
            Duration begins = at.plus(choices.latency()).plus(choices.latency());
            at(begins, () -> control(cluster, ControlAction.PAUSE, request.requestId(), id));
            at(
                    begins.plus(choices.latency()).plus(Duration.ofSeconds(choices.below(3_000))),
                    () -> control(cluster, ControlAction.RESUME, request.requestId(), id));
        }
    }

    /// Somebody changes behind everybody's back what the cluster uses.
    private void drift(ClusterId cluster) {
        List<SimulatedCloud.Thing> used = sagas.get(cluster).inForce().stream()
                .flatMap(inForce -> inForce.uses().values().stream()).flatMap(id -> cloud.byId(id).stream()).toList();
        if (used.isEmpty()) {
            return;
        }
        SimulatedCloud.Thing thing = used.get(choices.below(used.size()));
        if (thing.kind() == ResourceKind.ROOT_KEY && choices.below(2) == 0) {
            say("  somebody disables %s", thing.id());
            cloud.disableByHand(thing);
        } else {
            say("  somebody deletes %s", thing.id());
            cloud.deleteByHand(thing);
            if (choices.below(2) == 0) {
                cloud.restorable(thing);
            }
        }
    }

    private DeployRequest request(ClusterId cluster, String id) {
        DeployRequest request = DeployRequest.of(id, cluster.clusterPrefix()).withRegion("us-south")
                .withRequestedBy("orchestrator");
        boolean hasShared = cloud.instancesNamed(SHARED, now).size() == 1;
        String other = "hpc-" + (1 + choices.below(3));
        request = switch (choices.below(hasShared ? 9 : 5)) {
            case 1 -> request.withSeparateKeys(true);
            case 2 -> request.withProviderManaged();
            case 3 -> request.withKmsInstanceName(other + "-kms");
            case 4 -> request.withKmsInstanceName(other + "-kms").withKmsKeyName(other + "-key");
            case 5, 6 -> request.withKmsInstanceName(SHARED);
            case 7, 8 -> request.withKmsInstanceName(SHARED).withKmsKeyName("team-key");
            default -> request;
        };
        for (StorageService storage : StorageService.values()) {
            request = request.withSkipped(storage, choices.chance(15));
        }
        if (choices.chance(15)) {
            request = request.withCosInstanceGuid("01234567-89ab-cdef-0123-456789abcdef");
        }
        if (!faultless && choices.chance(15)) { // seconds from when it is sent
            request = request.withDeadline(Instant.ofEpochSecond(choices.below(120)));
        }
        request = withPolicies(request);
        return !faultless && choices.chance(3) ? request.withRegion("mars") : request;
    }

    /// What keys and authorizations are made with; another deploy that says otherwise of the same key is refused.
    private DeployRequest withPolicies(DeployRequest plain) {
        DeployRequest request = plain.withAuthorizationDelegation(choices.chance(20));
        if (request.kmsKeyName().isPresent() || request.isProviderManaged()) {
            return request;
        }
        request = request.withDualAuthorizationDelete(choices.chance(10));
        if (choices.chance(12)) {
            return request.withRotationIntervalMonths(1 + choices.below(2));
        }
        return !request.separateKeys() && choices.chance(10)
                ? request.withKeyMaterialReference("file:" + choices.below(2) + ".key")
                : request;
    }

    void deprovision(ClusterId cluster, String requestId, String why) {
        control(cluster, ControlAction.DEPROVISION, requestId, why);
    }

    void control(ClusterId cluster, ControlAction action, String requestId, String why) {
        happens(
                cluster,
                new SagaEvent.ControlRequested(action + "-" + requestId + "-" + why, action, requestId, why,
                        "operator",
                        ""));
    }

    // ---- the saga

    private void happens(ClusterId cluster, SagaEvent event) {
        Saga before = sagas.get(cluster);
        Instant at = workflowNow();
        Decision decision = fold.fold(before, bug.told(before, event), at);
        Saga after = decision.saga();
        say("%s ← %s", cluster, words(event));
        Invariants.checkStep(
                before, event, decision, () -> fold.fold(before, new SagaEvent.TimePassed(), at).saga(), cloud,
                workers, ends);
        sagas.put(cluster, after);
        if (!(event instanceof SagaEvent.TimePassed)) {
            told.computeIfAbsent(cluster, _ -> new ArrayList<>()).add(event);
        }
        for (Effect effect : decision.effects()) {
            switch (effect) {
                case Effect.Send(var command) -> {
                    say("    → %s %s %s %s", command.action(), command.step(), command.expectedId().orElse(""),
                            "attempt " + command.attempt());
                    send(cluster, command);
                }
                case Effect.AskLedger(var request) -> {
                    say("    → ledger %s %s", request.type(), request.resourceId());
                    along("ledger " + request.instanceId(), () -> ledger(request));
                }
                case Effect.Write(var line) ->
                    say("    · %s %s→%s %s", line.event(), line.from(), line.to(), line.message());
            }
        }
        after.nextWakeUp().filter(wake -> !before.nextWakeUp().equals(Optional.of(wake)))
                .ifPresent(wake -> wakeUp(cluster, wake));
        // What is only deferred is not left alone with what something still needs.
        deferredUntil(after).filter(until -> !deferredUntil(before).equals(Optional.of(until)))
                .ifPresent(until -> wakeAt(cluster, until));
    }

    /// What something still needs is asked about for ever, which here would never end: after a few times it is left alone.
    private void wakeUp(ClusterId cluster, Instant wake) {
        Saga saga = sagas.get(cluster);
        if (saga.verification().nextLook().equals(Optional.of(wake)) && ++looks == MOST_LOOKS) {
            schedule(Duration.ZERO); // as for ever
        }
        boolean isForNeeded = saga.resources().stream()
                .anyMatch(resource -> resource.askAgainAt().equals(Optional.of(wake)))
                || saga.undos().stream()
                        .anyMatch(undo -> undo.isParked() && undo.state().dueAt().equals(Optional.of(wake)));
        if (!isForNeeded || timesAskedAgain.merge(cluster, 1, Integer::sum) <= MOST_TIMES_ASKED) {
            wakeAt(cluster, wake);
        }
    }

    private void wakeAt(ClusterId cluster, Instant when) {
        Instant there = when.minus(workflowAhead);
        happenings.add(
                new Happening(there.isBefore(now) ? now : there, numbers++, () -> wake(cluster), true));
    }

    private static Optional<Instant> deferredUntil(Saga saga) {
        Stream<Instant> steps = saga.goingRun().stream().flatMap(run -> run.steps().stream()).map(Step::state)
                .filter(StepState.Deferred.class::isInstance).map(state -> ((StepState.Deferred) state).until());
        Stream<Instant> undos = saga.undos().stream().filter(undo -> !undo.isParked())
                .flatMap(undo -> undo.state().dueAt().stream());
        return Stream.concat(steps, undos).min(Comparator.naturalOrder());
    }

    private static String words(SagaEvent event) {
        return switch (event) {
            case SagaEvent.DeployRequested(var request) ->
                "deploy " + request.requestId() + " " + Plan.of(request.withRegion("us-south")).describe();
            case SagaEvent.ControlRequested control -> control.action() + " " + control.requestId()
                    + control.inputs().map(
                            inputs -> " " + Plan.ofImport(inputs.withRegion("us-south")).describe())
                            .orElse("");
            case SagaEvent.StepAnswered answered ->
                "answer to " + answered.action() + " " + answered.step() + " of run " + answered.run() + ": "
                        + words(answered.answer());
            case SagaEvent.LedgerAnswered answered ->
                "ledger: " + answered.resourceId() + " " + answered.verdict() + " "
                        + answered.holders() + answered.barredBy();
            case SagaEvent.TimePassed _ -> "time";
        };
    }

    static String words(Answer answer) {
        return switch (answer) {
            case Answer.Completed(var thing, var ours, _, var surplus) -> thing.id() + (ours ? " ours" : " not ours")
                    + (surplus.isEmpty() ? "" : ", surplus " + surplus.stream().map(CloudResource::id).toList());
            case Answer.Failed(var fault, var made) -> "failed, " + fault.code() + (fault.outcomeUnknown() ? "?" : "")
                    + made.map(thing -> ", made " + thing.id()).orElse("");
            case Answer.CompensationFailed(var id, var fault) -> id + " not gone, " + fault.code();
            case Answer.Compensated(var id, _, _) -> id + " gone";
            case Answer.Deferred(_, var why, var fault, var made, _) ->
                "deferred, " + why + (fault.filter(Fault::outcomeUnknown).isPresent() ? "?" : "")
                        + made.map(thing -> ", made " + thing.id()).orElse("");
            case Answer.Verified(var seen) -> "seen " + seen.condition();
            case Answer.NothingFound _,Answer.Expired _ -> answer.getClass().getSimpleName();
        };
    }

    private void wake(ClusterId cluster) {
        Optional<Instant> wake = sagas.get(cluster).nextWakeUp();
        if (wake.isPresent() && !wake.get().isAfter(workflowNow())) {
            happens(cluster, new SagaEvent.TimePassed());
        } else if (wake.isPresent() && hasJumped) {
            wakeUp(cluster, wake.get()); // the clock was put back meanwhile
        }
    }

    private void ledger(LedgerRequest request) {
        LedgerEntry entry = ledger.getOrDefault(request.instanceId(), LedgerEntry.empty());
        LedgerFold.Decision decision = LedgerFold.fold(entry, request);
        ledger.put(request.instanceId(), decision.entry());
        whatMayYetGoIsBarred(request, decision.entry());
        decision.replies().forEach(reply -> along("replies " + reply.request().cluster(), () -> reply(reply)));
    }

    private void reply(LedgerReply reply) {
        happens(
                reply.request().cluster(),
                new SagaEvent.LedgerAnswered(
                        reply.request().id(),
                        reply.verdict(),
                        reply.request().resourceId(),
                        reply.holders(),
                        reply.barredBy()));
    }

    // ---- the workers

    private void send(ClusterId cluster, StepCommand command) {
        Invariants.require(sent.add(command.id()), cluster + ": another command has the id of " + command);
        sentAt.put(command.id(), now);
        along(lane("commands", cluster, command), () -> processes.take(cluster, command));
    }

    static boolean isNamed(StepCommand command) {
        return switch (command.target()) {
            case StepCommand.InstanceTarget target -> target.adoptOnly();
            case StepCommand.KeyTarget target -> target.adoptOnly();
            case StepCommand.AuthorizationTarget target -> target.authorization().adoptOnly();
        };
    }

    void answer(ClusterId cluster, StepCommand command, Answer answer) {
        Instant answeredAt = workersNow();
        Runnable arrives = () -> happens(
                cluster,
                new SagaEvent.StepAnswered(
                        command.id(), command.run(), command.step(), command.action(), byOurClock(answer, answeredAt),
                        "worker"));
        along(lane("events", cluster, command), arrives);
        if (!isQuiet && !faultless && choices.chance(3)) {
            along(lane("events", cluster, command), arrives);
        }
    }

    /// As the workflow reads it: how long is to be waited counts, not until when by the worker's clock.
    private Answer byOurClock(Answer answer, Instant answeredAt) {
        return answer instanceof Answer.Deferred(var until, var why, var fault, var made, var stopsClock)
                && !until.isBefore(answeredAt)
                        ? new Answer.Deferred(
                                workflowNow().plus(Duration.between(answeredAt, until)), why, fault, made, stopsClock)
                        : answer;
    }

    static String lane(String topic, ClusterId cluster, StepCommand command) {
        return lane(topic, cluster, command.step());
    }

    static String lane(String topic, ClusterId cluster, StepName step) {
        return topic + " " + step.kind() + " " + cluster;
    }

    // ---- time

    void at(Duration later, Runnable what) {
        Instant when = later.isNegative() ? now : now.plus(later);
        happenings.add(new Happening(when, numbers++, what, false));
    }

    /// In order with all that goes along this channel.
    void along(String channel, Runnable what) {
        int fate = points.meets("the record on " + channel, isTold(channel) ? RECORD_FATES : RECORD_FATES - 1);
        Duration latency = isQuiet ? Duration.ofMillis(10) : choices.latency();
        Instant arrives = now.plus(fate == 1 ? latency.plus(LATE) : latency);
        Instant last = channels.getOrDefault(channel, now);
        Instant when = arrives.isBefore(last) ? last : arrives;
        channels.put(channel, when);
        boolean isOfWorkflow = !channel.startsWith("commands");
        happenings.add(new Happening(when, numbers++, what, isOfWorkflow));
        if (fate == 2) {
            happenings.add(
                    new Happening(when, numbers++, () -> workflowStopsFor(LATE), false));
        } else if (fate == 3) {
            happenings.add(new Happening(when, numbers++, what, isOfWorkflow));
        }
    }

    /// Whether what lies there may lie there twice: workers tell at least once, the workflow exactly once.
    private static boolean isTold(String channel) {
        return channel.startsWith("events");
    }

    /// It dies between fold and commit: what was folded has not happened, and is folded once it is back. That is as if it
    /// had not been read yet.
    void workflowStopsFor(Duration time) {
        say("the workflow is gone for %s", time);
        workflowBackAt = now.plus(time);
    }

    void hold(String channel, Duration time) {
        Instant until = now.plus(time);
        channels.merge(channel, until, (last, next) -> last.isBefore(next) ? next : last);
    }

    private void untilQuiet() {
        while (!happenings.isEmpty()) {
            Happening next = happenings.poll();
            now = next.at();
            if (next.isOfWorkflow() && now.isBefore(workflowBackAt)) {
                happenings.add(new Happening(workflowBackAt, numbers++, next.what(), true));
                continue;
            }
            steps++;
            next.what().run();
            Invariants.require(numbers < MOST_HAPPENINGS, "it never comes to rest");
        }
    }

    void say(String format, Object... values) {
        if (isTold) {
            story.add(
                    "+" + Duration.between(START, now).toString().substring(2).toLowerCase(Locale.ROOT) + " "
                            + String.format(format, values));
        }
    }

    // ---- what is seen

    /// How much has happened: what was folded, what the ledger was asked, and what workers did.
    long steps() {
        return steps;
    }

    List<String> story() {
        return story;
    }

    Instant now() {
        return now;
    }

    /// By the workers' clocks.
    Instant workersNow() {
        return now.plus(workersAhead);
    }

    /// By the workflow's clock.
    Instant workflowNow() {
        return now.plus(workflowAhead);
    }

    Instant sentAt(StepCommand command) {
        return sentAt.get(command.id());
    }

    /// Whether nothing of the account answers.
    boolean isOut() {
        return now.isBefore(outageUntil);
    }

    /// Nobody knows the difference, and IBM's clock may be behind ours by 5 minutes: less than that, all in all.
    private void clocksJump() {
        hasJumped = true;
        for (int jumps = 1 + choices.below(4); jumps > 0; jumps--) {
            boolean isOfWorkflow = choices.below(2) == 0;
            Duration ahead = Duration.ofSeconds(choices.below(280) - 140L);
            at(Duration.ofSeconds(choices.below(1_500)), () -> {
                say("the clock of the %s is ahead by %s", isOfWorkflow ? "workflow" : "workers", ahead);
                if (isOfWorkflow) {
                    workflowAhead = ahead;
                    sagas.forEach((cluster, saga) -> saga.nextWakeUp().ifPresent(wake -> wakeUp(cluster, wake)));
                } else {
                    workersAhead = ahead;
                }
            });
        }
    }

    private void accountGoesOut() {
        Duration length = Duration.ofSeconds(10 + choices.below(1_500));
        at(Duration.ofSeconds(choices.below(600)), () -> {
            say("nothing of the account answers for %s", length);
            outageUntil = now.plus(length);
        });
    }

    /// Whether nothing goes wrong any more.
    boolean isQuiet() {
        return isQuiet;
    }

    /// IBM has taken it, and does it in its own time.
    void inIbmsTime(StepCommand command, Runnable effect) {
        landing(!hasWeather ? LATE : Duration.ofMillis(choices.below(90_000)), command, effect);
    }

    /// In a while, but before anybody asks again.
    void later(StepCommand command, Runnable effect) {
        landing(Duration.ofMillis(choices.below(10_000)), command, effect);
    }

    private void landing(Duration later, StepCommand command, Runnable effect) {
        if (!command.action().isDeletion()) {
            at(later, effect);
            return;
        }
        String id = command.expectedId().orElseThrow();
        mayYetLand.merge(id, 1, Integer::sum);
        at(later, () -> {
            effect.run();
            mayYetLand.computeIfPresent(id, (_, deletes) -> deletes == 1 ? null : deletes - 1);
        });
    }

    /// Nobody may begin to use what a delete under way will take from him.
    private void whatMayYetGoIsBarred(LedgerRequest request, LedgerEntry entry) {
        String id = request.resourceId();
        Invariants.require(
                !mayYetLand.containsKey(id) || !cloud.isAlive(id) || entry.bars().containsKey(id),
                "a delete of " + id + " may yet land, and " + request.type() + " lifts its bar");
    }

    boolean isFaultless() {
        return faultless;
    }

    SimulatedCloud cloud() {
        return cloud;
    }

    Map<ClusterId, Saga> sagas() {
        return sagas;
    }

    LedgerEntry ledgerOf(String instanceId) {
        return ledger.getOrDefault(instanceId, LedgerEntry.empty());
    }

    Map<String, LedgerEntry> ledger() {
        return ledger;
    }

    /// How each run ended, so that none ends twice.
    static final class Ends {
        private final Map<String, RunState> byRun = new HashMap<>();

        void ended(ClusterId cluster, int run, RunState state) {
            RunState before = byRun.put(cluster + " run " + run, state);
            Invariants.require(before == null,
                    "run " + run + " of " + cluster + " ended twice: " + before + ", " + state);
        }
    }
}
