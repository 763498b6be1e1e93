package io.keyfold.audit;

import java.util.Optional;
import java.util.regex.Pattern;

/// Where in Kafka a record lies.
public record Place(String topic, int partition, long offset) {
    private static final Pattern SHAPE = Pattern.compile("([a-z][a-z-]*)-(\\d{1,9})[@-](\\d{1,18})");

    /// A place as [#toString()] writes it; a dash will do for the `@`.
    public static Optional<Place> parse(String text) {
        var matcher = SHAPE.matcher(text);
        return matcher.matches()
                ? Optional.of(
                        new Place(
                                matcher.group(1),
                                Integer.parseInt(matcher.group(2)),
                                Long.parseLong(matcher.group(3))))
                : Optional.empty();
    }

    /// `cluster-deploy-requested-3@17`
    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
