package io.keyfold.cli;

import io.keyfold.contract.ControlAction;
import picocli.CommandLine.Command;

/// `keyfold resume`: lifts a pause.
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        description = "Lifts the pause of a cluster, of those of a selection, or with --worker of workers.")
final class ResumeCommand extends PausingCommand {
    @Override
    ControlAction action() {
        return ControlAction.RESUME;
    }
}
