package io.keyfold.cli;

import io.keyfold.contract.ControlAction;
import picocli.CommandLine.Command;

/// `keyfold pause`: nothing more is asked for clusters, or by workers, until they are resumed.
@Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        description = "Pauses a cluster or those of a selection: what has been asked of workers is accounted for, nothing more"
                + " is asked, and the run's clock stands still. With --worker: workers, which call"
                + " nothing and let what is asked of them wait.")
final class PauseCommand extends PausingCommand {
    @Override
    ControlAction action() {
        return ControlAction.PAUSE;
    }
}
