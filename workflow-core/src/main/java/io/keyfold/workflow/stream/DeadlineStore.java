package io.keyfold.workflow.stream;

import io.keyfold.workflow.request.ClusterId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// When which saga wants to be woken, in the order of time.
///
/// Keys are 8 big-endian bytes of milliseconds and the cluster id, so that what is due is one short range at the
/// beginning: all sagas are never walked.
final class DeadlineStore {
    private static final byte[] PRESENT = {1};
    private static final Instant LATEST = Instant.ofEpochMilli(Long.MAX_VALUE);

    private final KeyValueStore<Bytes, byte[]> store;

    /// No deadline lies before this, so that most ticks need not look at all.
    private long noneBefore = Long.MIN_VALUE;

    DeadlineStore(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    /// A saga's wake-up.
    record WakeUp(ClusterId cluster, Instant at) {}

    void move(ClusterId cluster, Optional<Instant> from, Optional<Instant> to) {
        if (from.equals(to)) {
            return;
        }
        from.ifPresent(at -> remove(new WakeUp(cluster, at)));
        to.ifPresent(at -> add(new WakeUp(cluster, at)));
    }

    void add(WakeUp wakeUp) {
        store.put(key(wakeUp), PRESENT);
        noneBefore = Math.min(noneBefore, millis(wakeUp.at()));
    }

    void remove(WakeUp wakeUp) {
        store.delete(key(wakeUp));
    }

    /// The earliest wake-ups that have come, at most so many.
    List<WakeUp> due(Instant now, int atMost) {
        if (now.toEpochMilli() < noneBefore) {
            return List.of();
        }
        List<WakeUp> due = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> wakeUps = store.range(null, null)) {
            while (wakeUps.hasNext()) {
                KeyValue<Bytes, byte[]> next = wakeUps.next();
                WakeUp wakeUp = wakeUp(next.key.get());
                if (wakeUp.at().isAfter(now) || due.size() == atMost) {
                    noneBefore = wakeUp.at().toEpochMilli();
                    return due;
                }
                due.add(wakeUp);
            }
        }
        noneBefore = Long.MAX_VALUE;
        return due;
    }

    private static Bytes key(WakeUp wakeUp) {
        byte[] cluster = wakeUp.cluster().toString().getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES + cluster.length)
                .putLong(millis(wakeUp.at()))
                .put(cluster)
                .array());
    }

    /// A requested deadline may be any moment at all; the order of the bytes is that of time only from 1970 on.
    private static long millis(Instant at) {
        if (at.isBefore(Instant.EPOCH)) {
            return 0;
        }
        return at.isAfter(LATEST) ? LATEST.toEpochMilli() : at.toEpochMilli();
    }

    private static WakeUp wakeUp(byte[] key) {
        ByteBuffer buffer = ByteBuffer.wrap(key);
        Instant at = Instant.ofEpochMilli(buffer.getLong());
        String cluster = StandardCharsets.UTF_8.decode(buffer).toString();
        return new WakeUp(ClusterId.parse(cluster).orElseThrow(), at);
    }
}
