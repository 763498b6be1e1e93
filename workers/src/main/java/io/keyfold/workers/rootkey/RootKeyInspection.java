package io.keyfold.workers.rootkey;

import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.Inspection;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.RegistrationCount;
import io.keyfold.workers.step.Resource;
import io.keyfold.workers.step.Turn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// VERIFY: compares a root key with what it should be, and counts what is encrypted with it. Reads only.
final class RootKeyInspection {
    private final RootKeys keys;

    RootKeyInspection(RootKeys keys) {
        this.keys = keys;
    }

    Outcome carryOut(Command command, KeyTarget target, Turn turn) {
        String id = command.expectedId().orElseThrow();
        RootKeys.Sighting sighting = turn.lookTwice(
                seen -> seen instanceof RootKeys.Sighting.Seen, () -> keys.sighting(target.instance(), id));
        return switch (sighting) {
            case RootKeys.Sighting.Seen(SeenKey seen) -> new Outcome.Verified(
                    RootKeyWorker.resource(seen.key(), target),
                    seen.destruction()
                            .map(destruction -> Inspection.ofMissing(destroyed(destruction, turn.now())))
                            .orElseGet(() -> Inspection.ofStanding(differences(seen, target, turn)))
                            .with(registrations(target, id, turn)));
            case RootKeys.Sighting.NoKey() -> missing(
                    id, target,
                    "It should be in the instance " + target.instance().guid()
                            + ", and Key Protect does not know it: it was purged, or never was there.");
            case RootKeys.Sighting.NoInstance() -> missing(
                    id, target,
                    "It should be there, and Key Protect knows neither it nor its instance " + target.instance().guid()
                            + ". Where that is in reclamation, a person can restore it, and the key with it.");
        };
    }

    private static Outcome missing(String id, KeyTarget target, String difference) {
        return new Outcome.Verified(
                Resource.ofId(id, target.instance().guid(), target.instance().region()),
                Inspection.ofMissing(difference));
    }

    private static String destroyed(SeenKey.Destruction destruction, Instant now) {
        return "It should be active, and was destroyed" + destruction.at().map(at -> " on " + at).orElse("") + ", "
                + restorable(destruction, now) + ".";
    }

    private static String restorable(SeenKey.Destruction destruction, Instant now) {
        if (destruction.isFinal(now) || destruction.restorable().equals(Optional.of(false))) {
            return "and cannot be restored any more";
        }
        return destruction.restorableUntil()
                .map(until -> "restorable until " + until + " (30 days)")
                .orElse("restorable for 30 days");
    }

    private List<String> differences(SeenKey seen, KeyTarget target, Turn turn) {
        RootKey key = seen.key();
        List<String> differences = new ArrayList<>();
        if (key.extractable()) {
            differences.add("It should be a root key, and is a standard key, which cannot protect storage.");
        }
        switch (key.state()) {
            case ACTIVE -> {
                // as it should be
            }
            case PRE_ACTIVE -> differences.add("It should be active, and is not yet.");
            case SUSPENDED -> differences.add(
                    "It should be active, and is suspended (disabled): what is encrypted with it cannot be read.");
            case DEACTIVATED -> differences.add("It should be active, and is deactivated"
                    + seen.expiresAt().map(at -> ": it expired on " + at).orElse("") + ".");
            case DESTROYED, UNKNOWN ->
                differences.add("It should be active, and is in a state that this version does not know.");
        }
        seen.deletionMark()
                .filter(mark -> mark.holds(turn.now()))
                .ifPresent(
                        mark -> differences.add("It should not be set for deletion, and is: a second person can delete"
                                + " it" + mark.until().map(until -> " until " + until).orElse("") + "."));
        if (!target.name().isEmpty() && !key.name().equals(target.name())) {
            differences.add("Its name should be \"" + target.name() + "\", and is \"" + key.name() + "\".");
        }
        target.rotationMonths().ifPresent(wanted -> {
            Optional<Integer> is = turn.look(() -> keys.rotation(target.instance(), key.id()));
            if (!is.equals(Optional.of(wanted))) {
                differences.add("It should be rotated every " + months(wanted) + ", and is "
                        + is.map(each -> "every " + months(each)).orElse("never rotated by itself") + ".");
            }
        });
        if (target.dualAuthorization() && !seen.dualAuthorization()) {
            differences.add("Deleting it should take two identities, and takes one.");
        }
        return differences;
    }

    private static String months(int months) {
        return months == 1 ? "month" : months + " months";
    }

    /// Empty where the right to read them is missing: what is known of the key stands all the same.
    private Optional<List<RegistrationCount>> registrations(KeyTarget target, String id, Turn turn) {
        try {
            return turn.look(() -> keys.registrations(target.instance(), id)).map(RegistrationCounts::of);
        } catch (FaultException failure) {
            if (failure.fault().code() == FaultCode.FORBIDDEN) {
                return Optional.empty();
            }
            throw failure;
        }
    }
}
