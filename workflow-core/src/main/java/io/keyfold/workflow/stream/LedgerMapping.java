package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.WireEnums.toWire;
import static java.util.Optional.ofNullable;

import io.keyfold.contract.LedgerRequestType;
import io.keyfold.contract.LedgerVerdict;
import io.keyfold.workflow.ledger.LedgerReply;
import io.keyfold.workflow.ledger.LedgerRequest;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.ResourceKind;
import java.time.Instant;
import java.util.Optional;

/// What sagas and the ledger say to each other, on its way through Kafka.
final class LedgerMapping {
    private LedgerMapping() {}

    /// The record key of an instance's ledger entry.
    static String entryKey(String account, String instanceId) {
        return account + "/" + instanceId;
    }

    static String entryKey(LedgerRequest request) {
        return entryKey(request.cluster().account(), request.instanceId());
    }

    static io.keyfold.contract.LedgerRequest toWireRequest(LedgerRequest request) {
        return io.keyfold.contract.LedgerRequest.newBuilder()
                .setLedgerRequestId(request.id())
                .setType(toWire(request.type(), LedgerRequestType.class))
                .setAccount(request.cluster().account())
                .setInstanceId(request.instanceId())
                .setClusterId(request.cluster().toString())
                .setRun(request.run())
                .setResourceKind(toWire(request.kind(), io.keyfold.contract.ResourceKind.class))
                .setResourceId(request.resourceId())
                .setDeleteId(request.deleteId().orElse(null))
                .setKeptIds(request.keptIds())
                .setIssuedAt(request.issuedAt())
                .build();
    }

    /// The request; empty if its type, kind or cluster is none that this version knows.
    static Optional<LedgerRequest> request(io.keyfold.contract.LedgerRequest record) {
        Optional<LedgerRequest.Type> type = WireEnums.toDomain(record.getType(), LedgerRequest.Type.class);
        Optional<ResourceKind> kind = WireEnums.toDomain(record.getResourceKind(), ResourceKind.class);
        Optional<ClusterId> cluster = ClusterId.parse(record.getClusterId());
        if (type.isEmpty() || kind.isEmpty() || cluster.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new LedgerRequest(
                record.getLedgerRequestId(),
                type.get(),
                cluster.get(),
                record.getRun(),
                record.getInstanceId(),
                kind.get(),
                record.getResourceId(),
                ofNullable(record.getDeleteId()),
                record.getKeptIds(),
                record.getIssuedAt()));
    }

    static io.keyfold.contract.LedgerReply toWireReply(LedgerReply reply, Instant now) {
        LedgerRequest request = reply.request();
        return io.keyfold.contract.LedgerReply.newBuilder()
                .setLedgerRequestId(request.id())
                .setType(toWire(request.type(), LedgerRequestType.class))
                .setAccount(request.cluster().account())
                .setInstanceId(request.instanceId())
                .setClusterId(request.cluster().toString())
                .setRun(request.run())
                .setResourceKind(toWire(request.kind(), io.keyfold.contract.ResourceKind.class))
                .setResourceId(request.resourceId())
                .setVerdict(toWire(reply.verdict(), LedgerVerdict.class))
                .setHolders(reply.holders())
                .setBarredBy(reply.barredBy())
                .setRepliedAt(now)
                .build();
    }
}
