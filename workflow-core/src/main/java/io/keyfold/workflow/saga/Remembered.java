package io.keyfold.workflow.saga;

import java.util.List;
import java.util.stream.Stream;

/// Short memories: the last few, oldest first.
final class Remembered {
    private Remembered() {}

    static <T> List<T> with(List<T> before, T latest, int atMost) {
        List<T> all = Stream.concat(before.stream(), Stream.of(latest)).toList();
        return all.subList(Math.max(0, all.size() - atMost), all.size());
    }
}
