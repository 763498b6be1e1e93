package io.keyfold.workers.step;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// One command's turn: its calls to IBM Cloud, the time they may take together, and the moment after which nothing may be
/// changed any more.
///
/// Used by one thread.
public final class Turn {
    private static final int TRIES = 6;
    private static final Duration FIRST_WAIT = Duration.ofMillis(200);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private static final Duration FIRST_LOOK_AGAIN = Duration.ofMillis(100);
    private static final Duration BEFORE_LOOKING_TWICE = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN_AT_MOST_EVERY = Duration.ofSeconds(2);

    private final Command command;
    private final Surroundings surroundings;
    private final boolean mayBeRepeated;
    private final BooleanSupplier isOurs;
    private final long start;

    private int calls;
    private boolean somethingMayExist;
    private boolean hasChangedSomething;
    private boolean mayHaveDeleted;
    private boolean mayHaveMade;
    private Optional<Resource> made = Optional.empty();

    /// What a turn needs of the world.
    ///
    /// @param random      safe for many threads
    /// @param budget      no wait is begun that would end later than this after the turn's start
    /// @param callTimeout after so long a call to IBM Cloud has had its effect, or has none
    public record Surroundings(
            Clock clock, MonotonicTime time, RandomGenerator random, Duration budget, Duration callTimeout) {}

    /// @param mayBeRepeated somebody before us may have begun to carry out this very command
    /// @param isOurs        false once the command may be another process's to carry out
    public Turn(Command command, Surroundings surroundings, boolean mayBeRepeated, BooleanSupplier isOurs) {
        this.command = command;
        this.surroundings = surroundings;
        this.mayBeRepeated = mayBeRepeated;
        this.isOurs = isOurs;
        this.start = surroundings.time.nanoTime();
        this.somethingMayExist = !isFirst();
    }

    /// Reads; tried again while the fault is transient.
    ///
    /// @throws AbandonedException if the command became another's and this turn has changed nothing that only it can tell of
    public <T> T look(Supplier<T> read) {
        return retries().call(() -> {
            if (!hasChangedSomething && !isOurs.getAsBoolean()) {
                throw new AbandonedException(command);
            }
            return counted(read);
        });
    }

    /// Reads the whole of a list as it is from now on. Each page is tried again by itself: of many, one is always refused.
    public <T> List<T> look(SharedReading<T> list) {
        return list.read(this);
    }

    /// Creates something. A fault of an outcome that is not known is passed on at once.
    public <T> T create(Supplier<T> create) {
        return change(() -> {
            boolean before = somethingMayExist;
            somethingMayExist = true;
            try {
                T created = create.get();
                mayHaveMade = true;
                return created;
            } catch (FaultException refused) {
                boolean isUnknown = refused.fault() instanceof Fault.UnknownOutcome;
                somethingMayExist = before || isUnknown;
                mayHaveMade |= isUnknown;
                throw refused;
            }
        });
    }

    /// Changes what is there, so that sent again it has no other effect.
    public void update(Runnable update) {
        change(() -> {
            update.run();
            return true;
        });
    }

    public void delete(Runnable delete) {
        change(() -> {
            try {
                delete.run();
                mayHaveDeleted = true;
                return true;
            } catch (FaultException refused) {
                mayHaveDeleted |= refused.fault() instanceof Fault.UnknownOutcome;
                throw refused;
            }
        });
    }

    /// Checks right before each try that the command is still to be acted on.
    private <T> T change(Supplier<T> change) {
        return retries().call(() -> {
            if (!isOurs.getAsBoolean()) {
                throw new AbandonedException(command);
            }
            Instant now = now();
            if (now.isAfter(command.notAfter())) { // or this machine's clock is ahead: whoever reads both times sees it
                throw new ExpiredException(
                        "It was not to be acted on after " + command.notAfter() + ", and by this worker's clock it is "
                                + now + ".");
            }
            hasChangedSomething = true;
            return counted(change);
        });
    }

    /// Looks again and again, at growing intervals, until what is seen is settled or the turn's time is used up.
    ///
    /// @return what was seen last
    public <T> T lookUntil(Predicate<T> settled, Supplier<T> read) {
        T seen = look(read);
        for (Duration wait = FIRST_LOOK_AGAIN; !settled.test(seen) && slept(wait); wait = longer(wait)) {
            seen = look(read);
        }
        return seen;
    }

    /// Looks once more after a while before what was seen is believed: one of IBM Cloud's replicas may be behind.
    ///
    /// @param convincing what needs no second look
    public <T> T lookTwice(Predicate<T> convincing, Supplier<T> read) {
        return twice(convincing, () -> look(read));
    }

    /// The same by a look that retries by itself.
    public <T> T twice(Predicate<T> convincing, Supplier<T> look) {
        T seen = look.get();
        if (convincing.test(seen)) {
            return seen;
        }
        slept(BEFORE_LOOKING_TWICE);
        return look.get();
    }

    /// Waits between half of this time and all of it, so that those who were in each other's way do not meet again.
    ///
    /// @return false if that does not fit into the turn
    public boolean pause(Duration atMost) {
        return slept(Duration.ofNanos((long) (atMost.toNanos() * (0.5 + surroundings.random.nextDouble() / 2))));
    }

    /// Somebody before us may have begun to carry out this command, and a call of theirs may still be under way.
    public boolean mayBeRepeated() {
        return mayBeRepeated;
    }

    /// No command of this step's run was ever carried out before this one, in part or whole: so nothing of this run exists
    /// unless this turn makes it.
    public boolean isFirst() {
        return command.attempt() == 1 && !mayBeRepeated;
    }

    /// Something that this run has created may exist, seen or not.
    boolean somethingMayExist() {
        return somethingMayExist;
    }

    /// This very turn has sent a create that was not refused: it has had its effect, or may yet have it.
    boolean mayHaveMade() {
        return mayHaveMade;
    }

    /// A delete was sent that was not refused: it has had its effect, or may yet have it.
    boolean mayHaveDeleted() {
        return mayHaveDeleted;
    }

    /// Something of this run was seen.
    public void sawOurs() {
        somethingMayExist = true;
    }

    /// This very run has made it, and IBM Cloud may not show it for a while: a deferral tells of it, so that no second one
    /// is made, and so does a failure, so that it is deleted even where nobody waits for this answer any more.
    public void made(Resource resource) {
        somethingMayExist = true;
        made = Optional.of(resource);
    }

    Optional<Resource> made() {
        return made;
    }

    public Instant now() {
        return surroundings.clock.instant();
    }

    /// When a call that is under way now will have shown or failed.
    public Instant afterACall() {
        return now().plus(surroundings.callTimeout);
    }

    /// How many calls to IBM Cloud there were, retries included.
    int calls() {
        return calls;
    }

    private <T> T counted(Supplier<T> call) {
        calls++;
        return call.get();
    }

    private Retries retries() {
        return new Retries(
                new Retries.Policy(TRIES, FIRST_WAIT, LONGEST_WAIT, timeLeft()), surroundings.time,
                surroundings.random);
    }

    private Duration timeLeft() {
        Duration left = surroundings.budget.minusNanos(surroundings.time.nanoTime() - start);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private boolean slept(Duration wait) {
        if (wait.compareTo(timeLeft()) > 0) {
            return false;
        }
        try {
            surroundings.time.sleep(wait);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Duration longer(Duration wait) {
        Duration doubled = wait.multipliedBy(2);
        return doubled.compareTo(LOOK_AGAIN_AT_MOST_EVERY) > 0 ? LOOK_AGAIN_AT_MOST_EVERY : doubled;
    }
}
