package io.keyfold.acceptance.audit;

/// An invariant that does not hold.
///
/// @param account alias of the account in which it does not
/// @param what    the cluster and the ids concerned, in words
public record Violation(Invariant invariant, String account, String what) {
    static Violation of(Invariant invariant, String cluster, String what) {
        return new Violation(invariant, cluster.substring(0, Math.max(0, cluster.indexOf('/'))), cluster + ": " + what);
    }

    @Override
    public String toString() {
        return invariant + ": " + what;
    }
}
