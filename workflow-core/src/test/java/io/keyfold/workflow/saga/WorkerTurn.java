package io.keyfold.workflow.saga;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// One worker's turn with one command, call by call: each call to the cloud meets what the [Trouble] says.
///
/// A worker that stalls goes on where it stood. What its calls were answered before is told to it again, and nothing of it
/// is done again, so a turn may be gone through any number of times.
@SuppressWarnings("serial") // what breaks a turn is never written anywhere
final class WorkerTurn {
    /// What a delete that was taken is answered; nobody reads it.
    private static final Object TAKEN = new Object();

    private final History history;
    private final StepCommand command;
    private final Trouble trouble;
    private final boolean mayBeRepeated;
    private final List<Object> replies = new ArrayList<>();
    private int calls;
    private int stalledAt = -1;
    private boolean isOurs = true;
    private boolean hasChangedSomething;
    private boolean somethingMayExist;
    private boolean mayHaveDeleted;
    private boolean mayHaveMade;
    private Optional<CloudResource> made = Optional.empty();

    /// What becomes of a call.
    enum Fate {
        DONE,
        /// IBM Cloud refuses it for good.
        REFUSED,
        /// 429 or 503, until the turn's time is over.
        UNAVAILABLE,
        /// The worker dies before the call is sent.
        DIES_BEFORE,
        /// The worker stops right before the call, and goes on long after another has taken over.
        STALLS,
        /// As [#STALLS], and it dies once the call has had its effect.
        STALLS_AND_DIES,
        /// A read that shows what was before. Only what is read to see a change is read so.
        BEHIND,
        /// The call is lost on its way, and the worker does not know.
        LOST,
        /// The call has its effect, and its reply is lost.
        REPLY_LOST,
        /// Nobody knows the outcome, and the effect comes a while later.
        LANDS_LATER,
        /// IBM Cloud takes the delete, says so, and shows the thing for a while yet.
        TAKEN,
        /// The worker dies once the call has had its effect: between effect and event.
        DIES_AFTER
    }

    /// What a call is for.
    enum Kind {
        LOOK, SEE, CHANGE
    }

    /// What happens to a turn.
    interface Trouble {
        /// @param number the call's place in the turn, from 0
        Fate at(WorkerTurn turn, Kind kind, int number, String what);

        Trouble NONE = (_, _, _, _) -> Fate.DONE;
    }

    /// Why a turn ends without an answer, or with one that tells of a fault.
    static class Broken extends RuntimeException {
        Broken(String why) {
            super(why, null, false, false);
        }
    }

    /// The process is gone.
    static final class Died extends Broken {
        Died() {
            super("died");
        }
    }

    /// The process is stopped.
    static final class Stalled extends Broken {
        private final boolean dies;

        Stalled(boolean dies) {
            super("stalled");
            this.dies = dies;
        }

        /// Whether it dies once its call has had its effect.
        boolean dies() {
            return dies;
        }
    }

    /// The command is another process's by now, and this one knows.
    static final class Abandoned extends Broken {
        Abandoned() {
            super("abandoned");
        }
    }

    static final class TooLate extends Broken {
        TooLate() {
            super("too late");
        }
    }

    static final class Faulty extends Broken {
        private final FaultCode code;

        Faulty(FaultCode code) {
            super(code.name());
            this.code = code;
        }

        FaultCode code() {
            return code;
        }

        boolean isOfUnknownOutcome() {
            return code == FaultCode.UNKNOWN_OUTCOME;
        }
    }

    WorkerTurn(History history, StepCommand command, boolean mayBeRepeated, Trouble trouble) {
        this.history = history;
        this.command = command;
        this.mayBeRepeated = mayBeRepeated;
        this.trouble = trouble;
        begin();
    }

    private void begin() {
        calls = 0;
        hasChangedSomething = false;
        mayHaveDeleted = false;
        mayHaveMade = false;
        made = Optional.empty();
        somethingMayExist = mayBeRepeated || command.attempt() > 1;
    }

    /// What stopped goes on: at the call before which it stopped.
    ///
    /// @param notices whether it knows that the command is another's by now
    void goOn(boolean notices) {
        stalledAt = calls - 1;
        isOurs = !notices;
        begin();
    }

    StepCommand command() {
        return command;
    }

    /// By the worker's clock.
    Instant now() {
        return history.workersNow();
    }

    /// By IBM's clock.
    Instant ibmsNow() {
        return history.now();
    }

    /// Whether nothing of the account answers.
    boolean isOut() {
        return history.isOut();
    }

    boolean mayBeRepeated() {
        return mayBeRepeated;
    }

    boolean somethingMayExist() {
        return somethingMayExist;
    }

    /// Whether a delete was sent that was not refused.
    boolean mayHaveDeleted() {
        return mayHaveDeleted;
    }

    /// Whether a create was sent in this very turn that was not refused.
    boolean mayHaveMade() {
        return mayHaveMade;
    }

    void sawOurs() {
        somethingMayExist = true;
    }

    void made(CloudResource resource) {
        somethingMayExist = true;
        made = Optional.of(resource);
    }

    Optional<CloudResource> made() {
        return made;
    }

    <T> T look(String what, Supplier<T> read) {
        return call(Kind.LOOK, what, read, Optional.empty());
    }

    /// Looks until it sees what a change has brought about, or its time is over.
    ///
    /// @param behind what it goes on seeing where IBM Cloud lags behind
    <T> T see(String what, T behind, Supplier<T> read) {
        return call(Kind.SEE, what, read, Optional.of(behind));
    }

    <T> T change(String what, Supplier<T> change) {
        return call(Kind.CHANGE, what, change, Optional.empty());
    }

    @SuppressWarnings("unchecked") // each call has its own place, and gets back what it was answered there
    private <T> T call(Kind kind, String what, Supplier<T> call, Optional<T> behind) {
        int number = calls++;
        if (number < replies.size()) {
            hasChangedSomething |= kind == Kind.CHANGE;
            Object reply = replies.get(number);
            if (reply instanceof Faulty faulty) {
                throw noted(kind, faulty);
            }
            sent(kind);
            return (T) reply;
        }
        if (history.isOut()) {
            throw new Faulty(FaultCode.UNAVAILABLE);
        }
        boolean isLeft = !isOurs && (kind == Kind.CHANGE || !hasChangedSomething);
        if (isLeft && number != stalledAt) {
            throw new Abandoned();
        }
        if (kind == Kind.CHANGE && number != stalledAt && now().isAfter(command.notAfter())) {
            throw new TooLate();
        }
        hasChangedSomething |= kind == Kind.CHANGE;
        Fate fate = tellable(trouble.at(this, kind, number, what));
        return switch (fate) {
            case DONE -> answered(kind, call);
            case REFUSED -> throw kept(new Faulty(FaultCode.FORBIDDEN));
            case UNAVAILABLE -> throw kept(new Faulty(FaultCode.UNAVAILABLE));
            case DIES_BEFORE -> throw new Died();
            case STALLS -> throw new Stalled(false);
            case STALLS_AND_DIES -> throw new Stalled(true);
            case BEHIND -> {
                replies.add(behind.orElseThrow());
                yield behind.orElseThrow();
            }
            case LOST -> throw unknown(kind);
            case REPLY_LOST -> {
                call.get();
                throw unknown(kind);
            }
            case LANDS_LATER -> {
                history.later(command, () -> {
                    history.say("  the call for %s has its effect", what);
                    landing(call);
                });
                throw unknown(kind);
            }
            case TAKEN -> {
                if (!command.action().isDeletion()) {
                    yield answered(kind, call);
                }
                history.inIbmsTime(command, () -> {
                    history.say("  IBM Cloud has done what it took: %s", what);
                    landing(call);
                });
                replies.add(TAKEN);
                sent(kind);
                yield (T) TAKEN;
            }
            case DIES_AFTER -> {
                call.get();
                throw new Died();
            }
        };
    }

    /// What one that has stopped for long does and never tells of no saga can know: that is a sweeper's work.
    private Fate tellable(Fate fate) {
        return stalledAt < 0 ? fate : switch (fate) {
            case DIES_BEFORE, DIES_AFTER, STALLS, STALLS_AND_DIES -> Fate.DONE;
            default -> fate;
        };
    }

    private static void landing(Supplier<?> call) {
        try {
            call.get();
        } catch (Faulty refused) {
            // nobody is told
        }
    }

    private <T> T answered(Kind kind, Supplier<T> call) {
        boolean before = somethingMayExist;
        try {
            T reply = call.get();
            replies.add(reply);
            sent(kind);
            return reply;
        } catch (Faulty refused) {
            somethingMayExist = before;
            throw kept(refused);
        }
    }

    private Faulty unknown(Kind kind) {
        return noted(kind, kept(new Faulty(FaultCode.UNKNOWN_OUTCOME)));
    }

    private Faulty noted(Kind kind, Faulty faulty) {
        if (faulty.isOfUnknownOutcome()) {
            sent(kind);
        }
        return faulty;
    }

    /// A change that was not refused.
    private void sent(Kind kind) {
        boolean isDeletion = command.action().isDeletion();
        boolean isCreate = command.action() == Action.PROVISION;
        mayHaveDeleted |= kind == Kind.CHANGE && isDeletion;
        mayHaveMade |= kind == Kind.CHANGE && isCreate;
        somethingMayExist |= kind == Kind.CHANGE && isCreate;
    }

    private Faulty kept(Faulty faulty) {
        replies.add(faulty);
        return faulty;
    }
}
