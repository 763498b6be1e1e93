package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.request.StepName;
import java.time.Instant;
import java.util.List;

/// A cloud resource that the saga lists.
///
/// @param run        the run that made or found it
/// @param since      since when it is visible
/// @param keptFor    RETAINED: the clusters or registered resources that still need it
public record Resource(
        StepName step, CloudResource what, Ownership ownership, int run, Instant since, List<String> keptFor) {
    public Resource {
        keptFor = List.copyOf(keptFor);
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

    Resource owned(Ownership ownership, List<String> keptFor) {
        return new Resource(step, what, ownership, run, since, keptFor);
    }
}
