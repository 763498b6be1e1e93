package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.saga.WorkerTurn.Fate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The processes of the three workers: each takes the commands of a cluster in order, dies, stops and goes on, and tells
/// what came of each at least once.
final class WorkerProcesses {
    private final History history;
    private final Choices choices;
    private final SimulatedWorkers workers;
    private final Weather weather;
    private final Set<String> underWay = new HashSet<>();
    /// From when on the process reads that has the lane now. What was sent before may have been begun by another one.
    private final Map<String, Instant> assigned = new HashMap<>();
    private final Map<String, List<StepCommand>> taken = new HashMap<>();

    /// What workers run into.
    interface Weather {
        /// What one turn runs into.
        WorkerTurn.Trouble over(ClusterId cluster, StepCommand command);

        /// What comes after it.
        After after(ClusterId cluster, StepCommand command, Answer answer);

        /// How long a worker stops, where that is not drawn.
        default Optional<Duration> stall() {
            return Optional.empty();
        }

        Weather CALM = new Weather() {
            @Override
            public WorkerTurn.Trouble over(ClusterId cluster, StepCommand command) {
                return WorkerTurn.Trouble.NONE;
            }

            @Override
            public After after(ClusterId cluster, StepCommand command, Answer answer) {
                return After.TELLS;
            }
        };
    }

    /// How a worker tells of what it has done.
    enum After {
        TELLS,
        /// It takes its time.
        TELLS_LATE,
        /// It dies before.
        DIES_UNTOLD,
        /// It dies before Kafka knows that it has told.
        DIES_UNCOMMITTED
    }

    WorkerProcesses(History history, Choices choices, SimulatedWorkers workers, Weather weather) {
        this.history = history;
        this.choices = choices;
        this.workers = workers;
        this.weather = weather;
    }

    /// A worker reads a command.
    void take(ClusterId cluster, StepCommand command) {
        String lane = History.lane("commands", cluster, command);
        boolean wasWaiting = Optional.ofNullable(assigned.get(lane)).filter(since -> history.sentAt(command).isBefore(since))
                .isPresent();
        taken.computeIfAbsent(lane, _ -> new ArrayList<>()).add(command);
        work(cluster, turn(cluster, command, wasWaiting));
    }

    private WorkerTurn turn(ClusterId cluster, StepCommand command, boolean mayBeRepeated) {
        return new WorkerTurn(history, command, mayBeRepeated, quiet() ? WorkerTurn.Trouble.NONE
                : atMostOnce(cluster, command, weather.over(cluster, command)));
    }

    private boolean quiet() {
        return history.isQuiet();
    }

    private void work(ClusterId cluster, WorkerTurn turn) {
        StepCommand command = turn.command();
        Answer answer;
        try {
            answer = workers.carryOut(cluster.toString(), turn);
        } catch (WorkerTurn.Died dead) {
            history.say("  the worker of %s dies in the middle of %s", cluster, command.step());
            again(cluster, command);
            return;
        } catch (WorkerTurn.Stalled stalled) {
            stall(cluster, turn, stalled.dies());
            return;
        }
        switch (quiet() ? After.TELLS : weather.after(cluster, command, answer)) {
            case TELLS -> history.answer(cluster, command, answer);
            case TELLS_LATE -> {
                Duration later = Duration.ofMillis(choices.below(30_000));
                history.hold(History.lane("commands", cluster, command), later);
                history.at(later, () -> history.answer(cluster, command, answer));
            }
            case DIES_UNTOLD -> {
                // Of an instance that no list shows for minutes only the process knows that has made it.
                boolean isToldOf = answer instanceof Answer.Deferred deferred && deferred.made().isPresent();
                if (isToldOf || !isFirstUnderWay(cluster, command)) {
                    history.answer(cluster, command, answer);
                    return;
                }
                history.say(
                        "  the worker of %s dies after %s, before it tells: %s", cluster, command.step(),
                        History.words(answer));
                again(cluster, command);
            }
            case DIES_UNCOMMITTED -> {
                history.answer(cluster, command, answer);
                history.say("  the worker of %s dies after it told of %s, before it commits", cluster, command.step());
                again(cluster, command);
            }
        }
    }

    /// The next process begins it anew.
    private void again(ClusterId cluster, StepCommand command) {
        Duration after = choices.latency().plusMillis(500);
        String lane = History.lane("commands", cluster, command);
        history.hold(lane, after);
        assigned.put(lane, history.now().plus(after));
        history.at(after, () -> work(cluster, turn(cluster, command, true)));
    }

    /// A worker is stopped right before a call, another one takes over, and the first goes on with its call later.
    private void stall(ClusterId cluster, WorkerTurn turn, boolean dies) {
        StepCommand command = turn.command();
        history.say("  a worker of %s stalls before its call for %s", cluster, command.step());
        again(cluster, command);
        // What nobody tells of any more lands before the successor looks (no saga can know of it otherwise; finding it
        // is a sweeper's work); what is told of may land at any time.
        Duration later = dies ? Duration.ofMillis(choices.below(500))
                : weather.stall().orElseGet(this::stall);
        history.at(later, () -> {
            turn.goOn(choices.below(2) == 1);
            try {
                Answer late = workers.carryOut(cluster.toString(), turn);
                history.say("  the stalled worker of %s goes on with %s: %s", cluster, command.step(),
                        History.words(late));
                if (!dies) {
                    history.answer(cluster, command, late);
                }
            } catch (WorkerTurn.Broken gone) {
                history.say("  the stalled worker of %s leaves %s: %s", cluster, command.step(), gone.getMessage());
            }
        });
    }

    /// Mostly it goes on while its run is going, now and then long after.
    private Duration stall() {
        return Duration.ofMillis(choices.chance(20) ? 60_000L + choices.below(600_000) : 500L + choices.below(60_000));
    }

    /// Its consumer starts over: every command of the cluster that it ever read is carried out once more.
    void startOver(ClusterId cluster, StepName step) {
        String lane = History.lane("commands", cluster, step);
        List<StepCommand> read = List.copyOf(taken.getOrDefault(lane, List.of()));
        history.say("  the worker of %s reads all %s commands for %s again", cluster, read.size(), step.kind());
        assigned.put(lane, history.now());
        read.forEach(
                command -> history.along(lane, () -> work(cluster, turn(cluster, command, true))));
    }

    /// Two creates of one instance at large at once, one of which nobody tells of, are more than this saga accounts
    /// for: names of instances are not unique, and the first one told of ends the looking. Finding the other is a
    /// sweeper's work.
    private WorkerTurn.Trouble atMostOnce(ClusterId cluster, StepCommand command, WorkerTurn.Trouble trouble) {
        return (turn, kind, number, what) -> {
            Fate fate = trouble.at(turn, kind, number, what);
            boolean isAtLarge = kind == WorkerTurn.Kind.CHANGE && switch (fate) {
                case STALLS, STALLS_AND_DIES, LANDS_LATER, DIES_AFTER, REPLY_LOST -> true;
                default -> false;
            };
            return isAtLarge && command.action() == Action.PROVISION && !isFirstUnderWay(cluster, command) ? Fate.DONE
                    : fate;
        };
    }

    private boolean isFirstUnderWay(ClusterId cluster, StepCommand command) {
        return command.action() != Action.PROVISION || command.step() != StepName.KMS_INSTANCE
                || underWay.add(cluster + " run " + command.run());
    }
}
