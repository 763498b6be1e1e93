package io.keyfold.workers.delivery;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// A record as it came, and what is known about its delivery.
public final class ReceivedRecord {
    private final ConsumerRecord<byte[], byte[]> record;
    private final AssignedPartition partition;

    ReceivedRecord(ConsumerRecord<byte[], byte[]> record, AssignedPartition partition) {
        this.record = record;
        this.partition = partition;
    }

    public String topic() {
        return record.topic();
    }

    public int partition() {
        return record.partition();
    }

    public long offset() {
        return record.offset();
    }

    public long timestamp() {
        return record.timestamp();
    }

    public byte @Nullable [] key() {
        return record.key();
    }

    public byte @Nullable [] value() {
        return record.value();
    }

    public Headers headers() {
        return record.headers();
    }

    /// It lay in the partition already when that was assigned to us, so that a predecessor may have begun to work on it.
    public boolean wasWaitingAtAssignment() {
        return partition.wasWaiting(record.offset());
    }

    /// False once the partition is, or may be, another process's: begin nothing more for it.
    public boolean isOurs() {
        return partition.isOurs();
    }

    AssignedPartition assigned() {
        return partition;
    }

    /// `root-key-commands-3@17`
    @Override
    public String toString() {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }
}
