package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.WorkerProcesses.After;
import io.keyfold.workflow.saga.WorkerTurn.Fate;
import io.keyfold.workflow.saga.WorkerTurn.Kind;
import java.util.List;

/// What workers run into, drawn: most turns meet nothing, each other one meets one thing at one of its calls.
final class RandomWeather implements WorkerProcesses.Weather {
    private static final List<Fate> OF_A_LOOK =
            List.of(Fate.DIES_BEFORE, Fate.UNAVAILABLE, Fate.STALLS, Fate.REFUSED);
    private static final List<Fate> OF_A_SIGHT =
            List.of(Fate.BEHIND, Fate.DIES_BEFORE, Fate.UNAVAILABLE, Fate.STALLS, Fate.REFUSED);
    private static final List<Fate> OF_A_CHANGE = List.of(
            Fate.STALLS, Fate.STALLS_AND_DIES, Fate.DIES_BEFORE, Fate.DIES_AFTER, Fate.REPLY_LOST, Fate.LANDS_LATER,
            Fate.LOST, Fate.UNAVAILABLE, Fate.REFUSED, Fate.TAKEN);

    private final Choices choices;
    /// Of 100 commands, how many are simply carried out.
    private final int tame;

    RandomWeather(Choices choices, int tame) {
        this.choices = choices;
        this.tame = tame;
    }

    @Override
    public WorkerTurn.Trouble over(ClusterId cluster, StepCommand command) {
        if (choices.below(100) < tame) {
            return WorkerTurn.Trouble.NONE;
        }
        // What did not go at once is where deletions are decided: whether the first delete counts.
        if (command.action().isDeletion() && command.attempt() > 1 && choices.chance(40)) {
            return new AtOne(Kind.LOOK, choices.below(36), choices);
        }
        int where = choices.below(8);
        int fate = choices.below(36);
        return switch (where) {
            case 0, 1, 2, 3 -> new AtOne(Kind.CHANGE, fate, choices);
            case 4, 5 -> new AtOne(Kind.SEE, fate, choices);
            case 6 -> new AtOne(Kind.LOOK, fate, choices);
            default -> WorkerTurn.Trouble.NONE;
        };
    }

    /// At the first call of a kind. Who was stopped there may run into more when it goes on.
    private static final class AtOne implements WorkerTurn.Trouble {
        private final Kind where;
        private final int fate;
        private final Choices choices;
        private boolean isOver;
        private boolean hasStalled;

        AtOne(Kind where, int fate, Choices choices) {
            this.where = where;
            this.fate = fate;
            this.choices = choices;
        }

        @Override
        public Fate at(WorkerTurn turn, Kind kind, int number, String what) {
            if (isOver) {
                return hasStalled && choices.chance(30) ? drawn(kind, choices.below(36)) : Fate.DONE;
            }
            if (kind != where) {
                return Fate.DONE;
            }
            isOver = true;
            Fate drawn = drawn(kind, fate);
            hasStalled = drawn == Fate.STALLS;
            return drawn;
        }

        private static Fate drawn(Kind kind, int fate) {
            List<Fate> fates = switch (kind) {
                case LOOK -> OF_A_LOOK;
                case SEE -> OF_A_SIGHT;
                case CHANGE -> OF_A_CHANGE;
            };
            return fates.get(fate % fates.size());
        }
    }

    @Override
    public After after(ClusterId cluster, StepCommand command, Answer answer) {
        int draw = choices.below(100);
        return draw < 84 ? After.TELLS
                : draw < 92 ? After.TELLS_LATE : draw < 96 ? After.DIES_UNTOLD : After.DIES_UNCOMMITTED;
    }
}
