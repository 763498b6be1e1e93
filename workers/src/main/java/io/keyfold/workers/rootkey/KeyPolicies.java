package io.keyfold.workers.rootkey;

import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.Turn;
import java.util.Optional;
import java.util.function.Supplier;

/// Gives a key the policies that were asked for: rotation, and that deleting it takes two identities. Key Protect sets them
/// on a key that is there already.
final class KeyPolicies {
    private final RootKeys keys;

    KeyPolicies(RootKeys keys) {
        this.keys = keys;
    }

    /// Sets what is not set yet. The one that cannot be taken back comes last: until then the worker alone undoes the key.
    ///
    /// @return what was set and cannot be read back yet; empty if all reads as it should
    Optional<String> notShownYet(KeyTarget target, String keyId, Turn turn) {
        if (!isRotated(target, keyId, turn)) {
            return Optional.of("rotation");
        }
        return isDeletedByTwo(target, keyId, turn) ? Optional.empty() : Optional.of("dual authorization");
    }

    private boolean isRotated(KeyTarget target, String keyId, Turn turn) {
        Optional<Integer> wanted = target.rotationMonths();
        return wanted.isEmpty() || isSet(
                turn,
                () -> keys.rotation(target.instance(), keyId).equals(wanted),
                () -> keys.rotateEvery(target.instance(), keyId, wanted.get()));
    }

    private boolean isDeletedByTwo(KeyTarget target, String keyId, Turn turn) {
        return !target.dualAuthorization() || isSet(
                turn,
                () -> keys.sighting(target.instance(), keyId) instanceof RootKeys.Sighting.Seen(SeenKey seen)
                        && seen.dualAuthorization(),
                () -> keys.requireTwoToDelete(target.instance(), keyId));
    }

    private static boolean isSet(Turn turn, Supplier<Boolean> reads, Runnable set) {
        if (turn.look(reads)) {
            return true;
        }
        try {
            turn.update(set);
        } catch (FaultException failure) {
            if (!(failure.fault() instanceof Fault.UnknownOutcome)) {
                throw failure;
            }
            // It may have worked: look.
        }
        return turn.lookUntil(seen -> seen, reads);
    }
}
