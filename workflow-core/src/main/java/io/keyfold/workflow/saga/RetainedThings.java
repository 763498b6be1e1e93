package io.keyfold.workflow.saga;

import java.util.Set;
import java.util.stream.Collectors;

/// What others still needed when it was to be deleted: asked about again by the timer, and when the ledger hints that its
/// last holder has let go. Never while a deploy is going or parked: it may be about to use it again, and what it undoes
/// must not wait for it.
final class RetainedThings {
    private final Draft draft;
    private final UndoRun undos;

    RetainedThings(Draft draft, UndoRun undos) {
        this.draft = draft;
        this.undos = undos;
    }

    /// What is retained in this instance is asked about at the next moment that allows it.
    void askSoon(String instanceId) {
        draft.saga().resources().stream().filter(draft.saga()::isAskedAgain)
                .filter(resource -> resource.instanceId().equals(instanceId))
                .forEach(resource -> draft.list(resource.askedAgainAt(draft.now())));
    }

    /// All of an instance at once, so that it is asked about in the order of deletion.
    void askWhatIsDue() {
        Set<String> due = draft.saga().resources().stream().filter(draft.saga()::isAskedAgain)
                .filter(resource -> !resource.dueAt().isAfter(draft.now()))
                .map(Resource::instanceId).collect(Collectors.toSet());
        draft.saga().resources().stream().filter(draft.saga()::isAskedAgain)
                .filter(resource -> due.contains(resource.instanceId())).forEach(undos::queueRetained);
    }
}
