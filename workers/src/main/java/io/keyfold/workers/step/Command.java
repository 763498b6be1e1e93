package io.keyfold.workers.step;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// What all commands have in common; what it is about is its target, of a kind of its own for each worker.
///
/// @param clusterId  `<account>/<cluster_prefix>`
/// @param attempt    how many commands the step has sent in this run, this one included
/// @param mark       what everything that is created carries
/// @param notAfter   after this moment nothing may be changed for it
/// @param expectedId COMPENSATE and SWEEP: what to delete; VERIFY and REPAIR: what is in question; an adopting PROVISION: what the ledger has granted; another PROVISION:
///     what an earlier command of this run has made and could not show ready
/// @param adoptOnly  it was named in the request, or its cluster is imported: it has to exist, and is never created
public record Command(
        UUID id,
        String clusterId,
        String account,
        int run,
        StepName step,
        Action action,
        int attempt,
        String mark,
        Instant notAfter,
        Optional<String> expectedId,
        boolean adoptOnly) {
    private static final String DEFAULT_ACCOUNT = "default/";

    /// The cluster as people and the command line name it: without the account, where that is the default one.
    public String cluster() {
        return clusterId.startsWith(DEFAULT_ACCOUNT) ? clusterId.substring(DEFAULT_ACCOUNT.length()) : clusterId;
    }
}
