package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.request.StepName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A cloud resource that the saga lists.
///
/// @param run        the run that made or found it
/// @param since      since when it is visible
/// @param keptFor    RETAINED: the clusters or registered resources that still need it
/// @param askAgainAt RETAINED: when it is asked again whether it may be deleted
/// @param asked      RETAINED: how often it was asked
/// @param delegates  an authorization of which is known that it may be delegated: it was asked for so, and its roles were
///     read back. One of somebody else's may be delegated without our knowing
/// @param material   a root key that was imported: where its material was found; empty if Key Protect generated it
/// @param unprotected a root key whose deletion protection the last deploy that used it has lifted
/// @param dualAuthorization a root key that was made so that deleting it takes two identities
/// @param rotationMonths a root key that was made to be rotated by itself: every how many months
public record Resource(
        StepName step,
        CloudResource what,
        Ownership ownership,
        int run,
        Instant since,
        List<String> keptFor,
        Optional<Instant> askAgainAt,
        int asked,
        boolean delegates,
        Optional<Integer> rotationMonths,
        boolean dualAuthorization,
        boolean unprotected,
        Optional<String> material) {
    public Resource {
        keptFor = List.copyOf(keptFor);
    }

    static Resource of(StepName step, CloudResource what, Ownership ownership, int run, Instant since) {
        return new Resource(step, what, ownership, run, since, List.of(), Optional.empty(), 0, false, Optional.empty(),
                false, false, Optional.empty());
    }

    public String id() {
        return what.id();
    }

    /// GUID of the Key Protect instance that it is, lies in or is an authorization on: the ledger entry's key.
    public String instanceId() {
        return what.instanceId();
    }

    /// Region of that instance.
    public String region() {
        return what.region();
    }

    public ResourceKind kind() {
        return step.kind();
    }

    /// Whether the cluster's data depends on it now or will when the run completes.
    public boolean isInUse() {
        return ownership == Ownership.CREATED || ownership == Ownership.ADOPTED;
    }

    Resource owned(Ownership ownership) {
        return new Resource(step, what, ownership, run, since, List.of(), Optional.empty(), 0, delegates,
                rotationMonths, dualAuthorization, unprotected, material);
    }

    Resource delegating(boolean delegates) {
        return new Resource(step, what, ownership, run, since, keptFor, askAgainAt, asked, delegates, rotationMonths,
                dualAuthorization, unprotected, material);
    }

    Resource rotating(Optional<Integer> months) {
        return new Resource(step, what, ownership, run, since, keptFor, askAgainAt, asked, delegates, months,
                dualAuthorization, unprotected, material);
    }

    Resource deletedByTwo(boolean dualAuthorization) {
        return new Resource(step, what, ownership, run, since, keptFor, askAgainAt, asked, delegates, rotationMonths,
                dualAuthorization, unprotected, material);
    }

    Resource importedFrom(Optional<String> material) {
        return new Resource(step, what, ownership, run, since, keptFor, askAgainAt, asked, delegates, rotationMonths,
                dualAuthorization, unprotected, material);
    }

    Resource unprotected(boolean unprotected) {
        return new Resource(step, what, ownership, run, since, keptFor, askAgainAt, asked, delegates, rotationMonths,
                dualAuthorization, unprotected, material);
    }

    Resource retained(List<String> keptFor, Instant askAgainAt) {
        return new Resource(
                step,
                what,
                Ownership.RETAINED,
                run,
                since,
                keptFor,
                Optional.of(askAgainAt),
                asked + 1,
                delegates,
                rotationMonths,
                dualAuthorization, unprotected, material);
    }

    /// When a retained one is asked about again: at once, if an earlier version has retained it, which asked only once.
    Instant dueAt() {
        return askAgainAt.orElse(since);
    }

    /// To be asked about at the next moment that allows it.
    Resource askedAgainAt(Instant at) {
        return new Resource(step, what, ownership, run, since, keptFor, Optional.of(at), asked, delegates,
                rotationMonths, dualAuthorization, unprotected, material);
    }
}
