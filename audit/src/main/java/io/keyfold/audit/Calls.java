package io.keyfold.audit;

import io.keyfold.audit.CloudEvidence.Effect;
import java.util.List;

/// A call in words.
final class Calls {
    private Calls() {}

    /// @param cluster whose the thing is; empty if that is not known
    static Violation violation(Invariant invariant, Effect effect, String cluster, String what) {
        return new Violation(
                invariant, effect.account(), cluster,
                effect.operation() + " of " + effect.resource() + " in " + effect.account() + ", call "
                        + effect.number() + " at " + effect.at() + ": " + what,
                List.of());
    }
}
