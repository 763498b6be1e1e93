package io.keyfold.workflow.saga;

import java.util.List;

/// What follows from an event: the new state and what is sent out, in order.
///
/// @param statusChanged whether a new status, with the new saga's revision, is to be published
public record Decision(Saga saga, List<Effect> effects, boolean statusChanged) {
    public Decision {
        effects = List.copyOf(effects);
    }
}
