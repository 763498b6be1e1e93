package io.keyfold.gateway.fleet;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Optional;

/// Names a moment of the fleet so that every gateway on the same Kafka knows what has changed since: `positions` in a text.
///
/// @param issuedAt when it was true, to the second
public record EventId(Positions positions, Instant issuedAt) {
    private static final int PARTS = 3;
    private static final int MOST_CHARACTERS = 20_000;
    private static final int SEVEN_BITS = 0x7f;
    private static final int MORE = 0x80;
    private static final int LONG_BITS = 64;

    @Override
    public String toString() {
        var bytes = new ByteArrayOutputStream();
        for (var next : positions.next()) {
            var rest = next;
            while (rest > SEVEN_BITS) {
                bytes.write((int) (rest & SEVEN_BITS) | MORE);
                rest >>>= 7;
            }
            bytes.write((int) rest);
        }
        return positions.topicId() + "." + Long.toString(issuedAt.getEpochSecond(), Character.MAX_RADIX) + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    /// Empty if it is none of ours.
    public static Optional<EventId> parse(String text) {
        var parts = text.split("\\.", -1);
        if (parts.length != PARTS || text.length() > MOST_CHARACTERS) {
            return Optional.empty();
        }
        try {
            var issuedAt = Instant.ofEpochSecond(Long.parseLong(parts[1], Character.MAX_RADIX));
            return Optional.of(
                    new EventId(
                            new Positions(parts[0], offsets(Base64.getUrlDecoder().decode(parts[2]))), issuedAt));
        } catch (IllegalArgumentException | java.time.DateTimeException e) {
            return Optional.empty();
        }
    }

    private static long[] offsets(byte[] bytes) {
        var offsets = new ArrayList<Long>();
        long value = 0;
        var shift = 0;
        for (var one : bytes) {
            if (shift >= LONG_BITS) {
                throw new IllegalArgumentException("a number is too long");
            }
            value |= (long) (one & SEVEN_BITS) << shift;
            shift += 7;
            if ((one & MORE) == 0) {
                offsets.add(value);
                value = 0;
                shift = 0;
            }
        }
        if (shift != 0) {
            throw new IllegalArgumentException("the last number is cut off");
        }
        return offsets.stream().mapToLong(Long::longValue).toArray();
    }
}
