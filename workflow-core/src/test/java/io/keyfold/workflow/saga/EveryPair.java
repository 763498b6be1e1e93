package io.keyfold.workflow.saga;

import io.keyfold.workflow.saga.Points.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// Tells a story with every single thing that can go wrong in it, and with every pair of them: the second one anywhere
/// after the first, also in what the first has led to.
final class EveryPair {
    private final Scenario scenario;
    private final AtomicLong pairs = new AtomicLong();
    private final AtomicLong steps = new AtomicLong();
    private int points;
    private int singles;

    EveryPair(Scenario scenario) {
        this.scenario = scenario;
    }

    /// One telling that went wrong.
    record Failure(Scenario scenario, List<Choice> chosen, Throwable what, String points) {

        /// The whole story, for people.
        String told() {
            var history = new History(Choices.asIn(new int[0]), true);
            try {
                history.live(scenario, Points.at(chosen.toArray(Choice[]::new)));
            } catch (AssertionError | RuntimeException expected) {
                // it is what the story leads to
            }
            return scenario + " went wrong: " + what + "\nwith " + points + " (" + chosen + ")\n"
                    + String.join("\n", history.story());
        }
    }

    /// @return the first that goes wrong; a single fault before any pair
    Optional<Failure> firstFailure(boolean inPairs) {
        Points calm = Points.at();
        Optional<Failure> failure = tell(calm);
        if (failure.isPresent()) {
            return failure;
        }
        points = calm.met().size();
        List<Choice> all = choices(calm, 0);
        singles = all.size();
        List<Points> told = new ArrayList<>();
        for (Choice choice : all) {
            Points single = Points.at(choice);
            failure = tell(single, choice);
            if (failure.isPresent()) {
                return failure;
            }
            told.add(single);
        }
        return !inPairs ? Optional.empty()
                : java.util.stream.IntStream.range(0, all.size()).parallel().boxed()
                        .flatMap(number -> pairs(all.get(number), told.get(number))).findFirst();
    }

    private Stream<Failure> pairs(Choice first, Points told) {
        return choices(told, first.at() + 1).stream().flatMap(second -> {
            pairs.incrementAndGet();
            return tell(Points.at(first, second), first, second).stream();
        });
    }

    private static List<Choice> choices(Points told, int from) {
        List<Choice> choices = new ArrayList<>();
        for (int at = from; at < told.met().size(); at++) {
            for (int fate = 1; fate <= told.met().get(at).fates(); fate++) {
                choices.add(new Choice(at, fate));
            }
        }
        return choices;
    }

    private Optional<Failure> tell(Points points, Choice... chosen) {
        var history = new History(Choices.asIn(new int[0]), false);
        try {
            history.live(scenario, points);
            Invariants.require(points.areAllHit(), "a point is never come to");
            return Optional.empty();
        } catch (AssertionError | RuntimeException what) {
            return Optional.of(new Failure(scenario, List.of(chosen), what, points.told()));
        } finally {
            steps.addAndGet(history.steps());
        }
    }

    int points() {
        return points;
    }

    int singles() {
        return singles;
    }

    long pairs() {
        return pairs.get();
    }

    long steps() {
        return steps.get();
    }
}
