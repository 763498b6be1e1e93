package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.Given;
import io.keyfold.workflow.request.StepName;

/// Something in the cloud that a sweep takes for what a run of this cluster has made and no saga knows of. All of it is
/// what the sweep says: nothing of it is believed before it is looked at.
///
/// @param step for which step it was made
/// @param run  the run that made it
/// @param mark a root key's alias, an authorization's description; empty for an instance
public record Found(StepName step, int run, String mark, CloudResource resource) {

    String id() {
        return resource.id();
    }

    /// In words, for the audit.
    String words() {
        return step.title() + " " + id();
    }

    Found clipped() {
        return new Found(
                step,
                run,
                Given.clipped(mark),
                new CloudResource(
                        Given.clipped(resource.id()),
                        Given.clipped(resource.crn()),
                        Given.clipped(resource.name()),
                        Given.clipped(resource.instanceId()),
                        Given.clipped(resource.region()),
                        resource.createdAt()));
    }
}
