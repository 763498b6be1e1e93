package io.keyfold.gateway.http;

import io.helidon.common.uri.UriQuery;
import io.keyfold.workflow.wire.NearestName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A request's query parameters, each asked for once by its name and type; [#check()] then tells all that is wrong with
/// them at once.
final class Parameters {
    private static final int LONGEST_SHOWN = 60;

    private final UriQuery query;
    private final List<Problem.Broken> broken = new ArrayList<>();

    /// @param known the names that there are
    Parameters(UriQuery query, Set<String> known) {
        this.query = query;
        query.names().stream().filter(name -> !known.contains(name)).forEach(
                name -> broken.add(
                        new Problem.Broken(
                                "UNKNOWN_PARAMETER",
                                shown(name),
                                shown(text(name).orElse("")),
                                NearestName.of(known, name).map(it -> "did you mean " + it + "?")
                                        .orElse("one of " + known.stream().sorted()
                                                .collect(Collectors.joining(", "))))));
    }

    Optional<String> text(String name) {
        return query.contains(name) ? Optional.of(query.get(name)).filter(value -> !value.isEmpty()) : Optional.empty();
    }

    /// Several of an enum: repeated, or with commas between.
    <E extends Enum<E>> Set<E> several(String name, Class<E> type) {
        var values = EnumSet.noneOf(type);
        if (query.contains(name)) {
            query.all(name).stream().flatMap(value -> Arrays.stream(value.split(",", -1)))
                    .filter(value -> !value.isEmpty())
                    .forEach(value -> symbol(name, value, type).ifPresent(values::add));
        }
        return values;
    }

    <E extends Enum<E>> Optional<E> one(String name, Class<E> type) {
        return text(name).flatMap(value -> symbol(name, value, type));
    }

    Optional<Boolean> truth(String name) {
        return text(name).flatMap(value -> switch (value) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> {
                refuse(name, value, "true or false");
                yield Optional.empty();
            }
        });
    }

    int number(String name, int usual, int least, int most) {
        return text(name).map(value -> {
            try {
                var number = Integer.parseInt(value);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // told below, as a number that is too great is
            }
            refuse(name, value, "a whole number from " + least + " to " + most);
            return usual;
        }).orElse(usual);
    }

    void refuse(String name, String given, String allowed) {
        broken.add(new Problem.Broken("INVALID_PARAMETER", name, shown(given), allowed));
    }

    /// @throws Problem.Thrown if anything is wrong with them
    void check() {
        if (!broken.isEmpty()) {
            throw Problem.of(
                    400,
                    "INVALID_PARAMETERS",
                    "The query cannot be answered as it is",
                    broken.stream().map(it -> it.input() + " = " + it.given() + "; allowed: " + it.allowed())
                            .collect(Collectors.joining(". ")),
                    "Correct the parameters. All of them: GET /openapi.json").with(broken).thrown();
        }
    }

    private <E extends Enum<E>> Optional<E> symbol(String name, String value, Class<E> type) {
        var found = Arrays.stream(type.getEnumConstants()).filter(it -> it.name().equalsIgnoreCase(value)).findAny();
        if (found.isEmpty()) {
            refuse(
                    name,
                    value,
                    Arrays.stream(type.getEnumConstants()).map(Enum::name).collect(Collectors.joining(", ")));
        }
        return found;
    }

    static String shown(String given) {
        var text = given.replaceAll("\\p{Cntrl}", "?");
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
    }
}
