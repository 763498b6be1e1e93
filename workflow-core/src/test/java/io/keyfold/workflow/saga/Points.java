package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.WorkerProcesses.After;
import io.keyfold.workflow.saga.WorkerTurn.Fate;
import io.keyfold.workflow.saga.WorkerTurn.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The points of a story at which something can go wrong, counted as it comes to them: each call to the cloud, each answer
/// of a worker, each record. At the chosen ones it does.
final class Points implements WorkerProcesses.Weather {
    private static final List<Fate> OF_A_LOOK = List.of(Fate.DONE, Fate.DIES_BEFORE, Fate.UNAVAILABLE, Fate.REFUSED);
    private static final List<Fate> OF_A_SIGHT =
            List.of(Fate.DONE, Fate.DIES_BEFORE, Fate.BEHIND, Fate.UNAVAILABLE, Fate.REFUSED);
    private static final List<Fate> OF_A_CHANGE = List.of(
            Fate.DONE, Fate.DIES_BEFORE, Fate.DIES_AFTER, Fate.REPLY_LOST, Fate.LOST, Fate.LANDS_LATER, Fate.STALLS,
            Fate.STALLS_AND_DIES, Fate.TAKEN, Fate.UNAVAILABLE, Fate.REFUSED);

    private final List<Choice> chosen;
    private final List<Met> met = new ArrayList<>();
    private int hit;
    private boolean isRefused;
    private final boolean counts;

    /// Something to go wrong.
    ///
    /// @param at   the point's number, from 0
    /// @param fate which of the things that can, from 1
    record Choice(int at, int fate) {}

    /// A point.
    ///
    /// @param fates how many things can go wrong there
    record Met(String what, int fates) {}

    private Points(List<Choice> chosen, boolean counts) {
        this.chosen = chosen;
        this.counts = counts;
    }

    /// Nothing goes wrong, and nothing is counted.
    static Points none() {
        return new Points(List.of(), false);
    }

    static Points at(Choice... chosen) {
        return new Points(List.of(chosen), true);
    }

    /// @return 0 if nothing goes wrong here, else what does
    int meets(String what, int fates) {
        if (!counts) {
            return 0;
        }
        int number = met.size();
        met.add(new Met(what, fates));
        for (Choice choice : chosen) {
            if (choice.at == number) {
                hit++;
                return choice.fate;
            }
        }
        return 0;
    }

    List<Met> met() {
        return met;
    }

    /// Whether the story came to all the points that were chosen.
    boolean areAllHit() {
        return hit == chosen.size();
    }

    /// Whether IBM Cloud has refused something for good.
    boolean isRefused() {
        return isRefused;
    }

    String told() {
        return chosen.stream().map(choice -> choice.at < met.size() ? met.get(choice.at).what : "a point never come to")
                .collect(Collectors.joining(", and "));
    }

    @Override
    public WorkerTurn.Trouble over(ClusterId cluster, StepCommand command) {
        return (_, kind, _, what) -> {
            List<Fate> fates = fates(kind);
            Fate fate = fates.get(meets(counts ? what(cluster, command) + ": " + what : "", fates.size() - 1));
            isRefused |= fate == Fate.REFUSED;
            return fate;
        };
    }

    private static List<Fate> fates(Kind kind) {
        return switch (kind) {
            case LOOK -> OF_A_LOOK;
            case SEE -> OF_A_SIGHT;
            case CHANGE -> OF_A_CHANGE;
        };
    }

    private static String what(ClusterId cluster, StepCommand command) {
        return cluster.clusterPrefix() + " " + command.action() + " " + command.step();
    }

    @Override
    public After after(ClusterId cluster, StepCommand command, Answer answer) {
        return After.values()[meets("the answer to " + what(cluster, command), After.values().length - 1)];
    }

    @Override
    public Optional<Duration> stall() {
        return Optional.of(History.LATE);
    }
}
