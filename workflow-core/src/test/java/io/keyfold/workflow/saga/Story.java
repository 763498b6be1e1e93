package io.keyfold.workflow.saga;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workflow.ledger.LedgerEntry;
import io.keyfold.workflow.ledger.LedgerFold;
import io.keyfold.workflow.ledger.LedgerReply;
import io.keyfold.workflow.ledger.LedgerRequest;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.saga.SagaEvent.StepAnswered;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// One cluster's story, told event by event through the real folds; the ledger answers at once. Other clusters may
/// share the ledger.
final class Story {
    static final Instant START = Instant.parse("2026-11-24T03:00:00Z");
    static final String INSTANCE = "11111111-0000-4000-8000-000000000001";
    static final String KEY = "22222222-0000-4000-8000-000000000001";

    private final SagaSettings settings;
    private final SagaFold fold;
    private final Map<String, LedgerEntry> ledger;
    private final Map<ClusterId, Story> neighbours;
    private final List<StepCommand> commands = new ArrayList<>();
    private final List<AuditLine> audit = new ArrayList<>();
    private Saga saga;
    private Instant now = START;

    private Story(
            String prefix, SagaSettings settings, Map<String, LedgerEntry> ledger, Map<ClusterId, Story> neighbours) {
        this.settings = settings;
        this.fold = new SagaFold(settings);
        this.saga = Saga.unknown(new ClusterId("default", prefix));
        this.ledger = ledger;
        this.neighbours = neighbours;
        neighbours.put(saga.cluster(), this);
    }

    static Story of(String prefix) {
        return new Story(prefix, SagaSettings.of("test"), new HashMap<>(), new HashMap<>());
    }

    /// In an installation with other settings.
    static Story where(SagaSettings settings) {
        return new Story("hpc-1", settings, new HashMap<>(), new HashMap<>());
    }

    /// Another cluster under the same ledger.
    Story beside(String prefix) {
        return new Story(prefix, settings, ledger, neighbours);
    }

    DeployRequest request(String id) {
        return DeployRequest.of(id, saga.cluster().clusterPrefix()).withRegion("us-south").withRequestedBy("tester");
    }

    // ---- what happens

    Story deploy(DeployRequest request) {
        return when(new SagaEvent.DeployRequested(request));
    }

    /// Takes over what was deployed with these inputs by other means.
    Story importing(DeployRequest inputs) {
        return when(
                new SagaEvent.ControlRequested(
                        "import-" + audit.size(), ControlAction.IMPORT, inputs.requestId(), "ticket 4711", "operator",
                        "", List.of(), Optional.of(inputs)));
    }

    /// Whatever the step looked for is found, the ledger grants it, and it is there still.
    Story foundTwice(StepName step, String id) {
        return adopted(step, id).adopted(step, id);
    }

    Story control(ControlAction action, String requestId) {
        return control(action, requestId, action + "-" + audit.size());
    }

    Story control(ControlAction action, String requestId, String controlId) {
        return control(action, requestId, controlId, "");
    }

    Story deprovision(String requestId, String reason) {
        return control(ControlAction.DEPROVISION, requestId, "deprovision-" + audit.size(), reason);
    }

    Story remove(String requestId, String reason) {
        return control(ControlAction.REMOVE, requestId, "remove-" + audit.size(), reason);
    }

    private Story control(ControlAction action, String requestId, String controlId, String reason) {
        return when(new SagaEvent.ControlRequested(controlId, action, requestId, reason, "operator", ""));
    }

    Story sweep(String requestId, String reason, Found... found) {
        return when(
                new SagaEvent.ControlRequested("sweep-" + audit.size(), ControlAction.SWEEP, requestId, reason,
                        "operator", "", List.of(found), Optional.empty()));
    }

    Story created(StepName step, String id) {
        return answer(step, new Answer.Completed(resource(step, id), true, now, List.of()));
    }

    Story adopted(StepName step, String id) {
        return answer(step, new Answer.Completed(resource(step, id), false, now, List.of()));
    }

    Story failed(StepName step, FaultCode code) {
        return answer(step, new Answer.Failed(fault(code, false)));
    }

    Story outcomeUnknown(StepName step) {
        return answer(step, new Answer.Failed(fault(FaultCode.UNKNOWN_OUTCOME, true)));
    }

    Story deferred(StepName step, Duration by) {
        return answer(step, new Answer.Deferred(now.plus(by), "not ready", Optional.empty(), Optional.empty()));
    }

    /// It was made and is not shown ready yet.
    Story madeNotReady(StepName step, String id, Duration by) {
        return answer(step, notReady(step, id, by));
    }

    Answer notReady(StepName step, String id, Duration by) {
        return new Answer.Deferred(now.plus(by), "not shown yet", Optional.empty(), Optional.of(resource(step, id)));
    }

    Story compensated(String id) {
        return gone(id, Optional.empty(), "");
    }

    Story gone(String id, Optional<Instant> restorableUntil, String instead) {
        return when(answered(deletionOf(id), new Answer.Compensated(id, restorableUntil, instead)));
    }

    Story notCompensated(String id, FaultCode code) {
        return when(answered(deletionOf(id), new Answer.CompensationFailed(id, fault(code, false))));
    }

    /// IBM Cloud does not let go of it yet.
    Story putOff(String id, Duration by) {
        return when(
                answered(
                        deletionOf(id),
                        new Answer.Deferred(now.plus(by), "not yet", Optional.empty(), Optional.empty())));
    }

    Story workerPaused(String id, Duration by) {
        return when(
                answered(
                        deletionOf(id),
                        new Answer.Deferred(now.plus(by), "the worker is paused", Optional.empty(), Optional.empty(),
                                true)));
    }

    Story answer(StepName step, Answer answer) {
        return when(answered(lastCommand(step), answer));
    }

    Story after(Duration time) {
        now = now.plus(time);
        return when(new SagaEvent.TimePassed());
    }

    Story when(SagaEvent event) {
        Deque<SagaEvent> events = new ArrayDeque<>(List.of(event));
        while (!events.isEmpty()) {
            SagaEvent next = events.poll();
            Decision decision = fold.fold(saga, next, now);
            assertThat(decision.saga().showsTheSameAs(saga)
                    || decision.effects().stream().anyMatch(Effect.Write.class::isInstance))
                    .as("a change that the audit tells of: %s", next).isTrue();
            saga = decision.saga();
            for (Effect effect : decision.effects()) {
                switch (effect) {
                    case Effect.Send(var command) -> commands.add(command);
                    case Effect.Write(var line) -> audit.add(line);
                    case Effect.AskLedger(var asked) -> events.addAll(ledgerAnswers(asked));
                }
            }
        }
        return this;
    }

    /// The answers to this cluster; notices to others reach them at once.
    private List<SagaEvent> ledgerAnswers(LedgerRequest request) {
        var decision = LedgerFold.fold(ledger.getOrDefault(request.instanceId(), LedgerEntry.empty()), request);
        ledger.put(request.instanceId(), decision.entry());
        List<SagaEvent> own = new ArrayList<>();
        for (LedgerReply reply : decision.replies()) {
            var answer = new SagaEvent.LedgerAnswered(
                    reply.request().id(),
                    reply.verdict(),
                    reply.request().resourceId(),
                    reply.holders(),
                    reply.barredBy());
            if (reply.request().cluster().equals(saga.cluster())) {
                own.add(answer);
            } else {
                neighbours.get(reply.request().cluster()).when(answer);
            }
        }
        return own;
    }

    // ---- what is seen

    Instant now() {
        return now;
    }

    Saga saga() {
        return saga;
    }

    Run run() {
        return saga.lastRun().orElseThrow();
    }

    StepState state(StepName step) {
        return run().step(step).orElseThrow().state();
    }

    List<StepCommand> commands() {
        return commands;
    }

    List<AuditLine> audit() {
        return audit;
    }

    AuditLine lastLine() {
        return audit.getLast();
    }

    LedgerEntry ledgerOf(String instance) {
        return ledger.getOrDefault(instance, LedgerEntry.empty());
    }

    StepCommand lastCommand(StepName step) {
        return commands.stream()
                .filter(command -> command.step() == step && !command.action().isDeletion())
                .reduce((_, later) -> later).orElseThrow(() -> new AssertionError("No command for " + step));
    }

    StepCommand deletionOf(String id) {
        return commands.stream()
                .filter(command -> command.action().isDeletion()
                        && command.expectedId().equals(Optional.of(id)))
                .reduce((_, later) -> later)
                .orElseThrow(() -> new AssertionError("No COMPENSATE for " + id + " among " + commands));
    }

    List<String> deleted() {
        return commands.stream().filter(command -> command.action().isDeletion())
                .map(command -> command.expectedId().orElseThrow()).toList();
    }

    Story expect(RunState state) {
        assertThat(run().state()).as("run of %s, told by %s", saga.cluster(), audit).isEqualTo(state);
        return this;
    }

    StepAnswered answered(StepCommand command, Answer answer) {
        return new StepAnswered(command.id(), command.run(), command.step(), command.action(), answer, "worker-1");
    }

    static CloudResource resource(StepName step, String id) {
        String instance = step.kind() == ResourceKind.KMS_INSTANCE ? id : INSTANCE;
        return new CloudResource(id, "crn:" + id, name(step), instance, "us-south", Optional.of(START));
    }

    private static String name(StepName step) {
        return switch (step) {
            case KMS_INSTANCE -> "hpc-1-kms";
            case ROOT_KEY -> "hpc-1-key";
            case VSI_ROOT_KEY -> "hpc-1-vsi-key";
            default -> "mark";
        };
    }

    static Fault fault(FaultCode code, boolean outcomeUnknown) {
        return new Fault(code, "IBM said " + code, "ibm-code", "ibm message", "txn-1", 409, outcomeUnknown);
    }

    static UUID anyCommand() {
        return Ids.of("no such command");
    }
}
