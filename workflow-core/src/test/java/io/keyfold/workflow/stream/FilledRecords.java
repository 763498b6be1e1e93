package io.keyfold.workflow.stream;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/// The contract's records with something in every field.
final class FilledRecords {
    private FilledRecords() {}

    static <T extends SpecificRecord> T of(Class<T> type) {
        return type.cast(record(SpecificData.get().getSchema(type)));
    }

    static <T extends SpecificRecord> T without(Class<T> type, Schema.Field field) {
        T record = of(type);
        record.put(field.pos(), null);
        return record;
    }

    static List<Schema.Field> nullable(Class<? extends SpecificRecord> type) {
        return SpecificData.get().getSchema(type).getFields().stream()
                .filter(field -> field.schema().isNullable())
                .toList();
    }

    private static Object record(Schema schema) {
        SpecificRecord record = (SpecificRecord) SpecificData.get().newRecord(null, schema);
        schema.getFields().forEach(field -> record.put(field.pos(), value(field.schema())));
        return record;
    }

    private static Object value(Schema schema) {
        if (LogicalTypes.uuid().equals(schema.getLogicalType())) {
            return new UUID(1, 2);
        }
        if (LogicalTypes.timestampMillis().equals(schema.getLogicalType())) {
            return Instant.ofEpochMilli(1);
        }
        return switch (schema.getType()) {
            case UNION -> value(schema.getTypes().stream()
                    .filter(one -> one.getType() != Schema.Type.NULL)
                    .findFirst()
                    .orElseThrow());
            case RECORD -> record(schema);
            case ARRAY -> List.of(value(schema.getElementType()));
            case ENUM -> SpecificData.get().createEnum(schema.getEnumSymbols().getLast(), schema);
            case STRING -> "text";
            case INT -> 1;
            case LONG -> 2L;
            case BOOLEAN -> true;
            case BYTES -> ByteBuffer.wrap(new byte[]{1});
            default -> throw new IllegalArgumentException("No value for " + schema);
        };
    }
}
