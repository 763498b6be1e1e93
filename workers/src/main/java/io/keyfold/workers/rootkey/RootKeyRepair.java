package io.keyfold.workers.rootkey;

import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.IbmAnswer;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.Turn;
import io.keyfold.workers.step.Wording;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// REPAIR: makes the one key that the command names usable again, if this installation has made it. It makes no other.
///
/// Each change is sent once and then looked for, also where its outcome is not known; the next command looks first.
final class RootKeyRepair {
    private static final Duration SHORTLY = Duration.ofSeconds(10);

    /// Key Protect restores no key within 30 seconds of its deletion, and enables none within 30 of its suspension; its
    /// dates are whole seconds.
    private static final Duration TOO_EARLY = Duration.ofSeconds(31);

    /// How Key Protect says that a destroyed key stays so.
    private static final Set<String> NOT_RESTORABLE =
            Set.of("KEY_RESTORE_EXPIRED", "KEY_EXPIRED_ERR", "KEY_IMPT_REQ_ERR");

    private final RootKeys keys;
    private final KeyPolicies policies;

    RootKeyRepair(RootKeys keys, KeyPolicies policies) {
        this.keys = keys;
        this.policies = policies;
    }

    /// One thing that keeps a key from being used, and is put right by one call.
    private enum Change {
        RESTORE("restored"),
        ENABLE("enabled"),
        UNSET_DELETION("freed of its mark for deletion");

        private final String done;

        Change(String done) {
            this.done = done;
        }

        static Optional<Change> neededBy(SeenKey seen, Instant now) {
            if (seen.destruction().isPresent()) {
                return Optional.of(RESTORE);
            }
            if (seen.key().state() == RootKey.State.SUSPENDED) {
                return Optional.of(ENABLE);
            }
            return seen.deletionMark().filter(mark -> mark.holds(now)).map(_ -> UNSET_DELETION);
        }
    }

    Outcome carryOut(Command command, KeyTarget target, Turn turn) {
        String id = command.expectedId().orElseThrow();
        RootKeys.Sighting sighting = turn.lookTwice(
                seen -> seen instanceof RootKeys.Sighting.Seen, () -> keys.sighting(target.instance(), id));
        return switch (sighting) {
            case RootKeys.Sighting.Seen(SeenKey seen) -> seen.key().aliases().contains(command.mark())
                    ? new Attempt(command, target, turn).of(seen)
                    : somebodyElses(command, seen.key());
            case RootKeys.Sighting.NoKey() ->
                lost(command, id, "Key Protect does not know it in the instance " + target.instance().guid()
                        + ": it was purged.");
            case RootKeys.Sighting.NoInstance() ->
                lost(command, id, "Key Protect knows its instance " + target.instance().guid()
                        + " no more. Only where that is in reclamation can a person restore it, and the key with it.");
        };
    }

    /// One command's repair of a key of ours.
    private final class Attempt {
        private final Command command;
        private final KeyTarget target;
        private final Turn turn;
        private final Set<Change> made = EnumSet.noneOf(Change.class);

        Attempt(Command command, KeyTarget target, Turn turn) {
            this.command = command;
            this.target = target;
            this.turn = turn;
        }

        Outcome of(SeenKey seen) {
            if (seen.destruction().filter(destruction -> destruction.isFinal(turn.now())).isPresent()) {
                return lost(command, seen.key().id(), "The 30 days in which Key Protect restores a key are over.");
            }
            return Change.neededBy(seen, turn.now())
                    .map(change -> changed(change, seen))
                    .orElseGet(() -> nothingLeftToChange(seen));
        }

        private Outcome changed(Change change, SeenKey before) {
            if (!made.add(change)) {
                return shortly("The key " + before.key().id() + " was " + change.done + " and is not so any more.");
            }
            Optional<FaultException> failure = Optional.empty();
            try {
                turn.update(() -> send(change, before.key().id()));
            } catch (FaultException thrown) {
                if (thrown.fault() instanceof Fault.Transient) {
                    throw thrown;
                }
                failure = Optional.of(thrown);
            }
            boolean refused = failure.filter(thrown -> thrown.fault() instanceof Fault.Permanent).isPresent();
            // Also after a refusal: somebody else may have put it right.
            RootKeys.Sighting after = refused
                    ? turn.look(() -> keys.sighting(target.instance(), before.key().id()))
                    : turn.lookUntil(
                            sighting -> isDone(change, sighting),
                            () -> keys.sighting(target.instance(), before.key().id()));
            if (after instanceof RootKeys.Sighting.Seen(SeenKey seen) && isDone(change, after)) {
                return of(seen);
            }
            return failure.map(thrown -> notDone(change, before, thrown))
                    .orElseGet(() -> shortly("The key " + before.key().id() + " was to be " + change.done
                            + ", and Key Protect does not show it yet."));
        }

        private void send(Change change, String id) {
            switch (change) {
                case RESTORE -> keys.restore(target.instance(), id);
                case ENABLE -> keys.enable(target.instance(), id);
                case UNSET_DELETION -> keys.unsetDeletion(target.instance(), id);
            }
        }

        private boolean isDone(Change change, RootKeys.Sighting sighting) {
            return sighting instanceof RootKeys.Sighting.Seen(SeenKey seen)
                    && Change.neededBy(seen, turn.now()).filter(needed -> needed.compareTo(change) <= 0).isEmpty();
        }

        private Outcome notDone(Change change, SeenKey before, FaultException failure) {
            if (!(failure.fault() instanceof Fault.Permanent refused)) {
                throw failure;
            }
            String code = refused.answer().code().orElse("");
            if (code.equals("REQ_TOO_EARLY_ERR")) {
                return new Outcome.Deferred(
                        allowedFrom(before),
                        "The key " + before.key().id() + " cannot be " + change.done
                                + " within 30 seconds of its last change.",
                        Optional.of(Wording.of(command, refused)));
            }
            boolean isFinal = change == Change.RESTORE
                    && (refused.code() == FaultCode.NOT_FOUND || NOT_RESTORABLE.contains(code));
            return isFinal
                    ? lost(command, before.key().id(), refused.answer())
                    : new Outcome.Failed(Wording.of(command, refused));
        }

        private Instant allowedFrom(SeenKey before) {
            return before.destruction()
                    .flatMap(SeenKey.Destruction::at)
                    .map(at -> at.plus(TOO_EARLY))
                    .filter(from -> from.isAfter(turn.now()))
                    .orElseGet(() -> turn.now().plus(TOO_EARLY));
        }

        private Outcome nothingLeftToChange(SeenKey seen) {
            RootKey key = seen.key();
            if (key.state() == RootKey.State.PRE_ACTIVE) {
                return shortly("The key " + key.id() + " is not active yet.");
            }
            if (!key.isUsable()) {
                return notUsable(command, seen);
            }
            return policies.notShownYet(target, key.id(), turn)
                    .map(policy -> shortly("The " + policy + " of the key " + key.id()
                            + " was set and cannot be read back yet."))
                    .orElseGet(() -> new Outcome.Created(RootKeyWorker.resource(key, target), List.of(), turn.now()));
        }

        private Outcome shortly(String why) {
            return new Outcome.Deferred(turn.now().plus(SHORTLY), why, Optional.empty());
        }
    }

    private static Outcome somebodyElses(Command command, RootKey key) {
        return new Outcome.Failed(Wording.of(
                command,
                FaultCode.INVALID,
                "the key \"" + key.name() + "\" (" + key.id() + ") was not touched.",
                "It was made by someone else, and Keyfold repairs only what it has made: ask its owner."));
    }

    private static Outcome notUsable(Command command, SeenKey seen) {
        RootKey key = seen.key();
        return new Outcome.Failed(Wording.of(
                command,
                FaultCode.KEY_NOT_USABLE,
                "the key \"" + key.name() + "\" (" + key.id() + ") cannot be made usable.",
                key.extractable()
                        ? "It is a standard key, and only a root key can protect storage."
                        : "Key Protect enables only suspended keys, and it is "
                                + key.state().name().toLowerCase(Locale.ROOT)
                                + seen.expiresAt().map(at -> ": it expired on " + at).orElse("") + "."));
    }

    private static Outcome lost(Command command, String id, String why) {
        return new Outcome.Failed(Wording.of(
                command,
                FaultCode.KEY_LOST,
                "the key " + id + " cannot be brought back; nothing was made in its place.",
                why));
    }

    private static Outcome lost(Command command, String id, IbmAnswer answer) {
        return new Outcome.Failed(Wording.of(
                command,
                new Fault.Permanent(FaultCode.KEY_LOST, answer),
                "The key " + id + " cannot be brought back; nothing was made in its place: " + answer.message()));
    }
}
