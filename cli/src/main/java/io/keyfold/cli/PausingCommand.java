package io.keyfold.cli;

import io.keyfold.contract.ControlAction;
import picocli.CommandLine.Mixin;

/// What pausing and resuming share: they are about clusters, or about workers.
abstract class PausingCommand extends ControlCommand {
    @Mixin
    private final WorkerSelection workers = new WorkerSelection();

    @Override
    public Integer call() {
        if (!workers.isGiven()) {
            return super.call();
        }
        requireNoCluster("--worker is about workers, not about clusters");
        return new WorkerPause(connection(), action() == ControlAction.PAUSE, reason(), ANSWER_WITHIN)
                .run(workers.kinds(), account().orElse("default"), isMeant());
    }
}
