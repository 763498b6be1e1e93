package io.keyfold.workflow.wire;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/// Guesses which name was meant by one that is unknown.
public final class NearestName {
    private NearestName() {}

    /// The known name that takes the fewest changes, if it takes few enough to be what was meant.
    public static Optional<String> of(Collection<String> known, String name) {
        return known.stream()
                .min(Comparator.comparingInt((String it) -> LevenshteinDistance.getDefaultInstance().apply(it, name))
                        .thenComparing(it -> it))
                .filter(it -> LevenshteinDistance.getDefaultInstance().apply(it, name) <= Math.max(2,
                        name.length() / 3));
    }
}
