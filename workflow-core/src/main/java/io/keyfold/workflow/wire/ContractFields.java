package io.keyfold.workflow.wire;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/// Gives fields of the contract's records values that were written down as JSON or as text. Whether the values make sense
/// is for the workflow's rules to say.
public final class ContractFields {
    private ContractFields() {}

    /// The same record, with these values in the fields of these names.
    ///
    /// @throws InvalidInput with every name that is no field and every value of a wrong type
    public static <T extends SpecificRecord> T set(T record, Map<String, @Nullable Object> values) {
        var problems = new ArrayList<String>();
        set(record, values, "", problems);
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
        return record;
    }

    private static void set(SpecificRecord record, Map<?, ?> values, String path, List<String> problems) {
        values.forEach((key, value) -> {
            var name = String.valueOf(key);
            var field = record.getSchema().getField(name);
            if (field == null) {
                var names = record.getSchema().getFields().stream().map(Field::name).collect(Collectors.toSet());
                var nearest = NearestName.of(names, name).map(it -> "; did you mean " + it + "?").orElse("");
                problems.add("there is no input " + path + shown(name) + nearest);
                return;
            }
            try {
                record.put(field.pos(), typed(field.schema(), value, path + name + ".", problems));
            } catch (IllegalArgumentException e) {
                problems.add(path + name + " = " + shown(value) + "; allowed: " + e.getMessage());
            }
        });
    }

    private static @Nullable Object typed(
            Schema schema, @Nullable Object value, String path, List<String> problems) {
        if (value == null) {
            if (!schema.isNullable()) {
                throw new IllegalArgumentException(words(schema) + ", not null");
            }
            return null;
        }
        var type = schema.isUnion() ? notNull(schema) : schema;
        return switch (type.getType()) {
            case STRING -> value instanceof String ? value : refused(type);
            case BOOLEAN -> truth(type, value);
            case INT -> whole(type, value);
            case LONG -> instant(type, value);
            case ENUM -> symbol(type, value);
            case RECORD -> record(type, value, path, problems);
            case ARRAY -> list(type, value, path, problems);
            default ->
                throw new IllegalStateException("The contract has an input of a type that is not expected: " + type);
        };
    }

    private static Object truth(Schema type, Object value) {
        return switch (value) {
            case Boolean given -> given;
            case String text when text.equals("true") -> true;
            case String text when text.equals("false") -> false;
            default -> refused(type);
        };
    }

    private static Object whole(Schema type, Object value) {
        try {
            return new BigDecimal(value.toString()).intValueExact();
        } catch (ArithmeticException | NumberFormatException e) {
            return refused(type);
        }
    }

    private static Object instant(Schema type, Object value) {
        if (!(type.getLogicalType() instanceof LogicalTypes.TimestampMillis)) {
            throw new IllegalStateException("The contract has a whole number that is no time");
        }
        try {
            return Instant.parse(value.toString());
        } catch (DateTimeParseException e) {
            return refused(type);
        }
    }

    private static Object symbol(Schema type, Object value) {
        return type.hasEnumSymbol(value.toString())
                ? SpecificData.get().createEnum(value.toString(), type)
                : refused(type);
    }

    private static Object record(Schema type, Object value, String path, List<String> problems) {
        if (!(value instanceof Map<?, ?> values)) {
            return refused(type);
        }
        var record = (SpecificRecord) SpecificData.get().newRecord(null, type);
        for (var field : type.getFields()) {
            // Of the class's own model: it alone knows times as times.
            record.put(field.pos(), SpecificData.getForClass(record.getClass()).getDefaultValue(field));
        }
        set(record, values, path, problems);
        return record;
    }

    private static Object list(Schema type, Object value, String path, List<String> problems) {
        if (!(value instanceof List<?> items)) {
            return refused(type);
        }
        var list = new ArrayList<@Nullable Object>();
        items.forEach(item -> list.add(typed(type.getElementType(), item, path, problems)));
        return list;
    }

    private static Object refused(Schema type) {
        throw new IllegalArgumentException(words(type));
    }

    private static Schema notNull(Schema union) {
        return union.getTypes().stream()
                .filter(type -> type.getType() != Schema.Type.NULL)
                .findFirst()
                .orElseThrow();
    }

    private static String words(Schema schema) {
        var type = schema.isUnion() ? notNull(schema) : schema;
        return switch (type.getType()) {
            case STRING -> "a text";
            case BOOLEAN -> "true or false";
            case INT -> "a whole number";
            case ENUM -> String.join(", ", type.getEnumSymbols());
            case RECORD -> "an object";
            case ARRAY -> "a list";
            default -> "a time such as 2026-01-31T18:00:00Z";
        };
    }

    private static String shown(@Nullable Object value) {
        var text = String.valueOf(value).replaceAll("\\p{Cntrl}", "?");
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
