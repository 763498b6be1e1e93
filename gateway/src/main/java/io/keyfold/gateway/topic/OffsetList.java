package io.keyfold.gateway.topic;

import java.util.Arrays;

/// Offsets of one partition that only grow, each kept as its distance from the one before: two or three bytes, where a
/// hundred thousand clusters have dozens each.
final class OffsetList {
    private static final int SEVEN_BITS = 0x7f;
    private static final int MORE = 0x80;
    private static final int FIRST_BYTES = 16;

    private final int partition;
    private byte[] distances = new byte[FIRST_BYTES];
    private int bytes;
    private int size;
    private long last = -1;

    OffsetList(int partition) {
        this.partition = partition;
    }

    int partition() {
        return partition;
    }

    /// Adds one; what is not greater than the last is there already.
    synchronized void add(long offset) {
        if (offset <= last) {
            return;
        }
        var distance = offset - last;
        while (distance > SEVEN_BITS) {
            write((int) (distance & SEVEN_BITS) | MORE);
            distance >>>= 7;
        }
        write((int) distance);
        last = offset;
        size++;
    }

    private void write(int one) {
        if (bytes == distances.length) {
            distances = Arrays.copyOf(distances, bytes * 2);
        }
        distances[bytes++] = (byte) one;
    }

    synchronized int size() {
        return size;
    }

    /// All of them, in order.
    synchronized long[] toArray() {
        var offsets = new long[size];
        var offset = -1L;
        var at = 0;
        for (var index = 0; index < size; index++) {
            var distance = 0L;
            var shift = 0;
            int one;
            do {
                one = distances[at++];
                distance |= (long) (one & SEVEN_BITS) << shift;
                shift += 7;
            } while ((one & MORE) != 0);
            offset += distance;
            offsets[index] = offset;
        }
        return offsets;
    }
}
