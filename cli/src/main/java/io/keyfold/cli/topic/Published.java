package io.keyfold.cli.topic;

import io.keyfold.contract.ClusterEncryptionAudit;

/// Where a record lies that was just published.
public record Published(String topic, int partition, long offset) {
    /// Whether the audit names this record as its cause, so that no other request, nor an earlier one of the same id, is
    /// taken for ours.
    public boolean isCauseOf(ClusterEncryptionAudit audit) {
        var cause = audit.getCause();
        return cause != null
                && cause.getTopic().equals(topic)
                && cause.getPartition() == partition
                && cause.getOffset() == offset;
    }

    /// `cluster-deploy-requested-3@17`
    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
