package io.keyfold.workflow.saga;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What can happen to one step.
sealed interface Signal {

    /// All that it depends on is there.
    ///
    /// @param named true if the thing was named by the request: it is looked for and never created
    record Started(boolean named) implements Signal {}

    /// A verification found the root key of ours that the step uses missing or changed.
    record Broken(String id) implements Signal {}

    /// A worker found or made a resource that the saga did not know.
    record Found(CloudResource resource, boolean ours, Instant since) implements Signal {}

    /// A worker found a resource that the saga made or found before and still lists.
    record FoundOwn(Resource resource) implements Signal {}

    /// A look by this run's mark found nothing.
    record NothingFound(Instant secondLookAt) implements Signal {}

    record Failed(Fault fault) implements Signal {}

    /// Ask again then.
    ///
    /// @param fault what is waited out, if it is a fault
    /// @param made  what the command has made, if IBM Cloud does not show it ready yet
    record AskAgain(Instant at, String why, Optional<Fault> fault, List<CloudResource> made) implements Signal {
        public AskAgain {
            made = List.copyOf(made);
        }
    }

    /// An earlier command, which nobody waits for any more, tells what it has made; IBM Cloud does not show it ready yet.
    record MadeEarlier(CloudResource made) implements Signal {}

    record Granted() implements Signal {}

    record Barred(String by, Instant askAgainAt) implements Signal {}

    /// The moment named by a deferral has come.
    record Due() implements Signal {}

    /// The run is being undone.
    record Undone() implements Signal {}

    /// An operator has mended the reason of a parked step.
    record Retried() implements Signal {}
}
