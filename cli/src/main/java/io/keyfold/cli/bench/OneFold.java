package io.keyfold.cli.bench;

import io.keyfold.workflow.ledger.LedgerEntry;
import io.keyfold.workflow.ledger.LedgerFold;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.StorageService;
import io.keyfold.workflow.saga.Answer;
import io.keyfold.workflow.saga.CloudResource;
import io.keyfold.workflow.saga.Decision;
import io.keyfold.workflow.saga.Effect;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.SagaEvent;
import io.keyfold.workflow.saga.SagaFold;
import io.keyfold.workflow.saga.SagaSettings;
import io.keyfold.workflow.saga.StepCommand;
import io.keyfold.workflow.stream.StateCodec;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// One cluster of the workload from its request to its end, in the fold alone: workers and ledger answer at once, nothing is
/// written anywhere.
final class OneFold {
    private static final Instant BEGIN = Instant.parse("2026-11-30T12:00:00Z");
    private static final String ACCOUNT = "0123456789abcdef0123456789abcdef";
    private static final int DIGEST_BYTES = 16;

    private final SagaFold fold = new SagaFold(SagaSettings.of("bench"));
    private final ArrayDeque<SagaEvent> events = new ArrayDeque<>();
    private LedgerEntry ledger = LedgerEntry.empty();
    private Saga saga;
    private Instant now = BEGIN;
    private int folded;

    OneFold(String clusterPrefix) {
        saga = Saga.unknown(new ClusterId("default", clusterPrefix));
        events.add(new SagaEvent.DeployRequested(
                DeployRequest.of(clusterPrefix, clusterPrefix).withRegion("us-south").withRequestedBy("bench")
                        .withRequestedAt(BEGIN).withSkipped(StorageService.OBJECT_STORAGE, true)));
    }

    /// @return the saga at rest
    Saga run() {
        while (!events.isEmpty()) {
            now = now.plusMillis(20);
            Decision decision = fold.fold(saga, events.remove(), now);
            folded++;
            saga = decision.saga();
            decision.effects().forEach(this::answer);
        }
        return saga;
    }

    /// How many events it took.
    int folded() {
        return folded;
    }

    /// What its state takes in store and changelog, key and audit hash included.
    static int storedBytes(Saga saga) {
        Saga hashed = saga.withAuditHash(HexFormat.of().formatHex(new byte[DIGEST_BYTES]));
        return saga.cluster().toString().length() + StateCodec.SAGA.encode(hashed).length;
    }

    private void answer(Effect effect) {
        switch (effect) {
            case Effect.Send(var command) -> events.add(new SagaEvent.StepAnswered(
                    command.id(), command.run(), command.step(), command.action(),
                    new Answer.Completed(made(command), true, now, List.of()), "bench"));
            case Effect.AskLedger(var request) -> {
                LedgerFold.Decision decision = LedgerFold.fold(ledger, request);
                ledger = decision.entry();
                decision.replies().forEach(reply -> events.add(new SagaEvent.LedgerAnswered(
                        reply.request().id(), reply.verdict(), reply.request().resourceId(), reply.holders(),
                        reply.barredBy())));
            }
            case Effect.Write _ -> {}
        }
    }

    /// Names as long as those of IBM Cloud.
    private CloudResource made(StepCommand command) {
        String id = command.id().toString();
        Optional<Instant> created = Optional.of(now);
        return switch (command.target()) {
            case StepCommand.InstanceTarget target -> new CloudResource(
                    id, "crn:v1:bluemix:public:kms:" + target.region() + ":a/" + ACCOUNT + ":" + id + "::",
                    target.name(), id, target.region(), created);
            case StepCommand.KeyTarget target -> new CloudResource(
                    id, target.instanceCrn().replace("::", ":key:" + id), target.name(), target.instanceId(),
                    target.region(), created);
            case StepCommand.AuthorizationTarget target -> new CloudResource(
                    id, "", command.mark(), target.instanceId(), target.region(), created);
        };
    }
}
