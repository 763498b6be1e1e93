package io.keyfold.workflow.stream;

import io.keyfold.contract.Hash128;
import io.keyfold.schemas.AuditChain;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.schemas.Topics;
import io.keyfold.workflow.ledger.LedgerRequest;
import io.keyfold.workflow.report.StatusReport;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.AuditLine;
import io.keyfold.workflow.saga.Decision;
import io.keyfold.workflow.saga.Effect;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.StepCommand;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// Turns a decision into the records that tell of it: effects in their order, then the status if it changed.
final class SagaOutput {
    private static final HexFormat HEX = HexFormat.of();

    private final Outbox outbox;

    SagaOutput(Outbox outbox) {
        this.outbox = outbox;
    }

    /// @param records   what tells of the decision
    /// @param auditHash hash of the last audit record so far, in hexadecimal
    record Made(List<Outgoing> records, String auditHash) {}

    /// @param trail what the records' headers say of their trace
    Made of(Decision decision, Cause cause, Trail trail, Instant now) {
        Saga saga = decision.saga();
        String auditHash = saga.auditHash();
        long sequence = saga.auditSequence()
                - decision.effects().stream().filter(Effect.Write.class::isInstance).count();
        List<Outgoing> records = new ArrayList<>();
        for (Effect effect : decision.effects()) {
            switch (effect) {
                case Effect.Send(var command) -> {
                    Outgoing sent = command(saga.cluster(), command, trail.ofCommand(command), now);
                    CloudEventHeaders.writeSubject(sent.record().headers(), command.step().name());
                    records.add(sent);
                }
                case Effect.AskLedger(var request) -> records.add(ledgerRequest(request, trail, now));
                case Effect.Write(var line) -> {
                    Outgoing audit = audit(saga, line, ++sequence, auditHash, cause, trail, now);
                    records.add(audit);
                    auditHash = HEX.formatHex(AuditChain.hash(audit.record().value()).bytes());
                }
            }
        }
        if (decision.statusChanged()) {
            records.add(status(saga, trail, now));
        }
        return new Made(records, auditHash);
    }

    private Outgoing command(ClusterId cluster, StepCommand command, Headers headers, Instant now) {
        byte[] key = bytes(cluster.toString());
        String id = command.id().toString();
        return switch (command.target()) {
            case StepCommand.InstanceTarget target -> outbox.prepare(
                    Topics.KMS_INSTANCE_COMMANDS,
                    key,
                    CommandMapping.instance(cluster, command, target),
                    id,
                    now,
                    headers);
            case StepCommand.KeyTarget target -> outbox.prepare(
                    Topics.ROOT_KEY_COMMANDS,
                    key,
                    CommandMapping.rootKey(cluster, command, target),
                    id,
                    now,
                    headers);
            case StepCommand.AuthorizationTarget target -> outbox.prepare(
                    Topics.AUTHORIZATION_COMMANDS,
                    key,
                    CommandMapping.authorization(cluster, command, target),
                    id,
                    now,
                    headers);
        };
    }

    private Outgoing ledgerRequest(LedgerRequest request, Trail trail, Instant now) {
        return outbox.prepare(
                Topics.LEDGER_REQUESTS,
                bytes(LedgerMapping.entryKey(request)),
                LedgerMapping.toWireRequest(request),
                request.id().toString(),
                now,
                trail.ofOthers());
    }

    private Outgoing audit(
            Saga saga, AuditLine line, long sequence, String previousHash, Cause cause, Trail trail,
            Instant now) {
        return outbox.prepare(
                Topics.CLUSTER_ENCRYPTION_AUDIT,
                bytes(saga.cluster().toString()),
                AuditMapping.audit(
                        saga.cluster(), line, sequence, saga.revision(), hash(previousHash), cause, now),
                "audit:" + saga.cluster() + ":" + sequence,
                now,
                trail.ofOthers());
    }

    /// Null where there is no record before, or an earlier version wrote it.
    private static @Nullable Hash128 hash(String hex) {
        return hex.isEmpty() ? null : new Hash128(HEX.parseHex(hex));
    }

    private Outgoing status(Saga saga, Trail trail, Instant now) {
        return outbox.prepare(
                Topics.CLUSTER_ENCRYPTION_STATUS,
                bytes(saga.cluster().toString()),
                StatusMapping.status(StatusReport.of(saga), now),
                "status:" + saga.cluster() + ":" + saga.revision(),
                now,
                trail.ofOthers());
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
