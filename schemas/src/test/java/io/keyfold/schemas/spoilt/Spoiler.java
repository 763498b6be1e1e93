package io.keyfold.schemas.spoilt;

import io.keyfold.schemas.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/// Spoils good records in every way we could think of: fields of any value, bytes that are changed, cut off or added,
/// lengths that lie, other schemas, other types, other keys, none. The same seed spoils in the same way.
public final class Spoiler {
    private static final List<String> STRINGS = List.of(
            "", " ", "null", "default", "hpc-1", "r-1", "key_protect", "../../etc", "${jndi:ldap://x}", "a\r\nX: 1",
            "\0",
            "\u202eevil", "\ud800", "😀", "crn:v1:bluemix:public:kms:us-south:a/acc:guid::", "x".repeat(300),
            "us-south", "2026-01-01", "%2f..%2f", "file:key", "{{7*7}}");
    private static final String LONG = "x".repeat(100_000);
    private static final long[] NUMBERS = {
        0, 1, -1, 7, 60_000, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE,
        253_402_300_800_000L};

    private final Random random;
    private final List<Good> good;
    private final Encoder encoder;

    /// A record as it might really lie in its topic.
    public record Good(Topic<?> topic, byte[] key, SpecificRecord value) {}

    /// A record as it lies in a topic, whatever it may be.
    public record Spoilt(Topic<?> topic, byte @Nullable [] key, byte @Nullable [] value) {
        @Override
        public String toString() {
            return topic + " key " + hex(key) + " value " + hex(value);
        }

        private static String hex(byte @Nullable [] bytes) {
            return bytes == null ? "null" : HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 2000));
        }
    }

    /// Writes a good record as its topic's producers do.
    @FunctionalInterface
    public interface Encoder {
        byte[] bytes(Topic<?> topic, SpecificRecord value);
    }

    public Spoiler(long seed, List<Good> good, Encoder encoder) {
        this.random = new Random(seed);
        this.good = good;
        this.encoder = encoder;
    }

    public Spoilt next() {
        Good from = any(good);
        byte[] value = bytes(from);
        byte[] key = from.key();
        return switch (random.nextInt(16)) {
            case 0 -> new Spoilt(from.topic(), null, value);
            case 1 -> new Spoilt(from.topic(), key, random.nextBoolean() ? null : new byte[random.nextInt(8)]);
            case 2 -> new Spoilt(from.topic(), otherKey(key), value);
            case 3 -> new Spoilt(from.topic(), key, bytes(any(good)));
            case 4 -> new Spoilt(from.topic(), key, otherSchema(value));
            case 5 -> new Spoilt(from.topic(), key, Arrays.copyOf(value, random.nextInt(value.length)));
            case 6 -> new Spoilt(from.topic(), key, Arrays.copyOf(value, value.length + 1 + random.nextInt(40)));
            case 7 -> new Spoilt(from.topic(), key, lyingLength(value));
            case 8, 9 -> new Spoilt(from.topic(), key, flipped(value));
            case 10 -> new Spoilt(from.topic(), key, noise());
            case 11 -> new Spoilt(from.topic(), key, value);
            default -> new Spoilt(from.topic(), key, bytes(new Good(from.topic(), key, scribbled(from.value()))));
        };
    }

    private byte[] bytes(Good record) {
        return encoder.bytes(record.topic(), record.value());
    }

    private byte[] otherKey(byte[] key) {
        return switch (random.nextInt(6)) {
            case 0 -> any(good).key();
            case 1 -> noise();
            case 2 -> any(STRINGS).getBytes(StandardCharsets.UTF_8);
            case 3 -> new String(key, StandardCharsets.UTF_8).toUpperCase(Locale.ROOT)
                    .getBytes(StandardCharsets.UTF_8);
            case 4 -> Arrays.copyOf(key, key.length + 1);
            default -> LONG.getBytes(StandardCharsets.UTF_8);
        };
    }

    /// Another id, or none that the wire format knows.
    private byte[] otherSchema(byte[] value) {
        byte[] other = value.clone();
        if (random.nextInt(4) == 0) {
            other[0] = (byte) (1 + random.nextInt(255));
        } else {
            ByteBuffer.wrap(other).putInt(1, random.nextBoolean() ? random.nextInt(40) : random.nextInt());
        }
        return other;
    }

    /// A varint of up to ten bytes where some field begins, or is.
    private byte[] lyingLength(byte[] value) {
        byte[] lie = value.clone();
        int at = 5 + random.nextInt(Math.max(1, lie.length - 5));
        for (int bytes = 1 + random.nextInt(10); bytes > 0 && at < lie.length; bytes--, at++) {
            lie[at] = (byte) (bytes == 1 ? random.nextInt(128) : 128 + random.nextInt(128));
        }
        return lie;
    }

    private byte[] flipped(byte[] value) {
        byte[] flipped = value.clone();
        for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    private byte[] noise() {
        byte[] noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
        return noise;
    }

    // ---- records that can be read, with anything in their fields

    private SpecificRecord scribbled(SpecificRecord record) {
        SpecificRecord copy = (SpecificRecord) SpecificData.getForClass(record.getClass())
                .newRecord(null, record.getSchema());
        record.getSchema().getFields().forEach(field -> copy.put(field.pos(), record.get(field.pos())));
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            Schema.Field field = any(copy.getSchema().getFields());
            copy.put(field.pos(), value(field.schema(), 0));
        }
        return copy;
    }

    private @Nullable Object value(Schema schema, int depth) {
        if (LogicalTypes.uuid().equals(schema.getLogicalType())) {
            return new UUID(random.nextInt(3), random.nextInt(3));
        }
        return switch (schema.getType()) {
            case UNION -> value(any(schema.getTypes()), depth);
            case RECORD -> record(schema, depth);
            case ARRAY -> list(schema.getElementType(), depth);
            case ENUM -> SpecificData.get().createEnum(any(schema.getEnumSymbols()), schema);
            case STRING -> random.nextInt(500) == 0 ? LONG : any(STRINGS);
            case INT -> (int) number();
            case LONG ->
                LogicalTypes.timestampMillis().equals(schema.getLogicalType())
                        ? Instant.ofEpochMilli(number())
                        : (Object) number();
            case BOOLEAN -> random.nextBoolean();
            case BYTES -> ByteBuffer.wrap(noise());
            case NULL -> null;
            default -> throw new IllegalArgumentException("No value for " + schema);
        };
    }

    private Object record(Schema schema, int depth) {
        SpecificRecord record = (SpecificRecord) SpecificData.get().newRecord(null, schema);
        schema.getFields().forEach(field -> record.put(field.pos(), value(field.schema(), depth + 1)));
        return record;
    }

    private List<@Nullable Object> list(Schema element, int depth) {
        int size = depth == 0 && random.nextInt(100) == 0 ? 500 : random.nextInt(4);
        List<@Nullable Object> items = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            items.add(value(element, depth + 1));
        }
        return items;
    }

    private long number() {
        return random.nextInt(4) == 0 ? random.nextLong() : NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }
}
