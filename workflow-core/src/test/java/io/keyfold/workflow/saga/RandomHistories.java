package io.keyfold.workflow.saga;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/// Draws histories from seeds; one that fails is made as short and tame as it can be made while it still fails, and
/// told in words.
final class RandomHistories {
    private static final Duration SHRINKING = Duration.ofSeconds(30);

    private RandomHistories() {}

    /// A history that went wrong.
    record Failure(long seed, int[] choices, Throwable what) {

        /// The whole story, for people.
        String told() {
            var history = new History(Choices.asIn(choices), true);
            try {
                history.live();
            } catch (AssertionError | RuntimeException expected) {
                // it is what the story leads to
            }
            return "History " + seed + " went wrong: " + what + "\nAgain with -Dkeyfold.history=" + seed
                    + "; shrunk to "
                    + choices.length + " choices:\n" + String.join("\n", history.story());
        }
    }

    static Optional<Failure> failureOf(long seed) {
        var choices = Choices.drawnFrom(seed);
        return run(choices).map(what -> shrunk(seed, choices.made(), what));
    }

    private static Optional<Throwable> run(Choices choices) {
        try {
            new History(choices, false).live();
            return Optional.empty();
        } catch (AssertionError | RuntimeException what) {
            return Optional.of(what);
        }
    }

    private static Failure shrunk(long seed, int[] first, Throwable firstWhat) {
        long end = System.nanoTime() + SHRINKING.toNanos();
        var best = new Failure(seed, first, firstWhat);
        boolean better = true;
        while (better && System.nanoTime() < end) {
            better = false;
            for (int size = best.choices().length / 2; size > 0 && System.nanoTime() < end; size /= 2) {
                for (int from = 0; from + size <= best.choices().length && System.nanoTime() < end;) {
                    Optional<Failure> shorter = fails(seed, without(best.choices(), from, size), best);
                    Optional<Failure> tamer = shorter.isPresent() ? shorter
                            : fails(seed, zeroed(best.choices(), from, size), best);
                    if (tamer.isPresent()) {
                        best = tamer.get();
                        better = true;
                    }
                    from += shorter.isPresent() ? 0 : size;
                }
            }
            for (int at = 0; at < best.choices().length && System.nanoTime() < end; at++) {
                Optional<Failure> smaller = fails(seed, halved(best.choices(), at), best);
                if (smaller.isPresent()) {
                    best = smaller.get();
                    better = true;
                }
            }
        }
        return best;
    }

    /// Only a failure of the same kind counts, and only a history that is smaller.
    private static Optional<Failure> fails(long seed, int[] script, Failure best) {
        if (Arrays.equals(script, best.choices())) {
            return Optional.empty();
        }
        var choices = Choices.asIn(script);
        return run(choices).filter(what -> kind(what).equals(kind(best.what())))
                .map(what -> new Failure(seed, trimmed(script, choices.made().length), what))
                .filter(failure -> weight(failure.choices()) < weight(best.choices()));
    }

    private static String kind(Throwable what) {
        String message = String.valueOf(what.getMessage()).replaceAll("[0-9]+", "");
        return what.getClass() + message.substring(0, Math.min(message.length(), 40));
    }

    private static long weight(int[] choices) {
        long weight = 1000L * choices.length;
        for (int choice : choices) {
            weight += choice == 0 ? 0 : 100 + Math.min(choice, 800);
        }
        return weight;
    }

    private static int[] trimmed(int[] script, int used) {
        int length = Math.min(script.length, used);
        while (length > 0 && script[length - 1] == 0) {
            length--;
        }
        return Arrays.copyOf(script, length);
    }

    private static int[] without(int[] choices, int from, int size) {
        int[] shorter = new int[choices.length - size];
        System.arraycopy(choices, 0, shorter, 0, from);
        System.arraycopy(choices, from + size, shorter, from, choices.length - from - size);
        return shorter;
    }

    private static int[] zeroed(int[] choices, int from, int size) {
        int[] tamer = choices.clone();
        Arrays.fill(tamer, from, from + size, 0);
        return tamer;
    }

    private static int[] halved(int[] choices, int at) {
        int[] smaller = choices.clone();
        smaller[at] /= 2;
        return smaller;
    }
}
