package io.keyfold.workers.rootkey;

import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.Turn;
import java.util.Optional;

/// Has a key rotated by itself as asked. Key Protect sets that on a key that is there already.
final class KeyRotation {
    private final RootKeys keys;

    KeyRotation(RootKeys keys) {
        this.keys = keys;
    }

    /// @return whether it reads as it should: false where it was set and cannot be read back yet
    boolean isSet(KeyTarget target, String keyId, Turn turn) {
        Optional<Integer> wanted = target.rotationMonths();
        if (wanted.isEmpty() || turn.look(() -> keys.rotation(target.instance(), keyId)).equals(wanted)) {
            return true;
        }
        try {
            turn.update(() -> keys.rotateEvery(target.instance(), keyId, wanted.get()));
        } catch (FaultException failure) {
            if (!(failure.fault() instanceof Fault.UnknownOutcome)) {
                throw failure;
            }
            // It may have worked: look.
        }
        return turn.lookUntil(wanted::equals, () -> keys.rotation(target.instance(), keyId)).equals(wanted);
    }
}
