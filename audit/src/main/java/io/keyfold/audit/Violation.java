package io.keyfold.audit;

import java.util.List;

/// An invariant that does not hold.
///
/// @param account alias of the account in which it does not; empty if it is of none
/// @param cluster the cluster concerned; empty if that is not known
/// @param what    the ids concerned, in words
/// @param places  the records that show it; empty if the cloud does
public record Violation(Invariant invariant, String account, String cluster, String what, List<Place> places) {
    public Violation {
        places = List.copyOf(places);
    }

    static Violation of(Invariant invariant, String cluster, String what, Place... places) {
        return new Violation(
                invariant, cluster.substring(0, Math.max(0, cluster.indexOf('/'))), cluster, what, List.of(places));
    }

    @Override
    public String toString() {
        return invariant + ": " + (cluster.isEmpty() ? "" : cluster + ": ") + what + (places.isEmpty() ? ""
                : " " + places);
    }
}
