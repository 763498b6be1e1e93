package io.keyfold.cli.input;

import io.keyfold.cli.settings.SettingSources;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.schemas.ContractClasses;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.jspecify.annotations.Nullable;

/// Turns inputs into a request record. Names and types come from the contract's schema, so that a new input needs no
/// line here; whether the values make sense is for the request's rules to say.
public final class RequestFields {
    /// Every input's name.
    public static final Set<String> NAMES = ClusterDeployRequested.getClassSchema().getFields().stream()
            .map(Field::name)
            .collect(Collectors.toUnmodifiableSet());

    static {
        ContractClasses.trust();
    }

    private RequestFields() {}

    /// The record with the given inputs, and the contract's defaults for the others.
    ///
    /// @throws InvalidInput with every name that is no input and every value of a wrong type
    public static ClusterDeployRequested toRecord(Map<String, @Nullable Object> inputs) {
        var request = ClusterDeployRequested.newBuilder().build();
        var problems = new ArrayList<String>();
        inputs.forEach((name, value) -> {
            var field = ClusterDeployRequested.getClassSchema().getField(name);
            if (field == null) {
                var nearest = SettingSources.nearest(NAMES, name).map(it -> "; did you mean " + it + "?").orElse("");
                problems.add("there is no input " + name + nearest);
                return;
            }
            try {
                request.put(field.pos(), typed(field.schema(), value));
            } catch (IllegalArgumentException e) {
                problems.add(name + " = " + shown(value) + "; allowed: " + e.getMessage());
            }
        });
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
        return request;
    }

    private static @Nullable Object typed(Schema schema, @Nullable Object value) {
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
            default -> "a time such as 2026-01-31T18:00:00Z";
        };
    }

    private static String shown(@Nullable Object value) {
        var text = String.valueOf(value).replaceAll("\\p{Cntrl}", "?");
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    /// The names of inputs, sorted, for `--help` and messages.
    public static List<String> sortedNames() {
        return NAMES.stream().sorted().toList();
    }
}
