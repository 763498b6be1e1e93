package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.WireEnums.toWire;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.Hash128;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.AuditLine;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One line of the audit, as it goes out.
final class AuditMapping {
    private AuditMapping() {}

    /// @param revision     of the status in force after it
    /// @param previousHash seals the cluster's audit record before it
    static ClusterEncryptionAudit audit(
            ClusterId cluster,
            AuditLine line,
            long sequence,
            long revision,
            @Nullable Hash128 previousHash,
            Cause cause,
            Instant now) {
        return ClusterEncryptionAudit.newBuilder()
                .setClusterId(cluster.toString())
                .setSequence(sequence)
                .setRevision(revision)
                .setRun(line.run())
                .setRequestId(line.requestId())
                .setEvent(toWire(line.event(), AuditEvent.class))
                .setStep(line.step()
                        .map(step -> toWire(step, io.keyfold.contract.StepName.class))
                        .orElse(io.keyfold.contract.StepName.UNKNOWN))
                .setFromState(line.from())
                .setToState(line.to())
                .setCode(line.code())
                .setResourceId(line.resourceId())
                .setMessage(line.message())
                .setActor(line.actor())
                .setCause(cause.position().orElse(null))
                .setOccurredAt(now)
                .setPreviousHash(previousHash)
                .build();
    }
}
