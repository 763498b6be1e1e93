package io.keyfold.workflow.saga;

/// A question or order that a step wants to send to its worker.
public sealed interface Ask {
    Action action();

    /// Look for the thing that was named, by its name.
    record Resolve() implements Ask {
        @Override
        public Action action() {
            return Action.RESOLVE;
        }
    }

    /// Make it, adopt it, or make it usable again.
    record Provision(Aim aim) implements Ask {
        @Override
        public Action action() {
            return aim instanceof Aim.Mend ? Action.REPAIR : Action.PROVISION;
        }
    }

    /// Look, by this run's mark, for what an unanswered PROVISION may have made.
    ///
    /// @param look 1 or 2: "nothing found" counts only after a second look
    record Look(int look) implements Ask {
        @Override
        public Action action() {
            return Action.RESOLVE;
        }
    }
}
