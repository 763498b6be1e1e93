package io.keyfold.audit;

import io.keyfold.contract.ResourceKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The cloud as it is, with the calls that have changed it where those are known.
///
/// @param accounts aliases of the accounts that were looked at
/// @param calls    only an emulator knows them
public record CloudEvidence(Set<String> accounts, List<Thing> things, Optional<Calls> calls) {
    public CloudEvidence {
        accounts = Set.copyOf(accounts);
        things = List.copyOf(things);
    }

    /// An instance, a key or an authorization, whether it is there or has been deleted.
    ///
    /// @param name     empty if nothing is known of it but that it is there
    /// @param marks    aliases of a key, description of an authorization; an instance has none
    /// @param cluster  whose it is by its mark or name; empty if no status knows the cluster
    /// @param isOurs   made by this installation's workers
    /// @param isUsable an active instance, an active root key, any authorization
    public record Thing(ResourceKind kind, String id, String name, List<String> marks, String account, String cluster,
            boolean isOurs, boolean isThere, boolean isUsable) {
        public Thing {
            marks = List.copyOf(marks);
        }
    }

    /// @param effects in order
    /// @param since   those before are not held against commands and ledger, whose records may be deleted
    public record Calls(List<Effect> effects, Instant since) {
        public Calls {
            effects = List.copyOf(effects);
        }
    }

    /// A mutating call that took effect, of an operation that makes or deletes something.
    ///
    /// @param isOurs a worker's
    /// @param fault  what struck the call nevertheless; empty if nothing did
    public record Effect(long number, Instant at, String account, boolean isOurs, boolean isDeletion, String operation,
            String resource, String instance, String fault) {}

    /// The calls, in order; none if they are not known.
    List<Effect> effects() {
        return calls.map(Calls::effects).orElse(List.of());
    }

    boolean isJudged(Effect effect) {
        return effect.isOurs() && calls.filter(known -> !effect.at().isBefore(known.since())).isPresent();
    }
}
