package io.keyfold.cli;

import io.keyfold.contract.ControlAction;
import picocli.CommandLine.Command;

/// `keyfold cancel`: undoes a run that is going.
@Command(
        name = "cancel",
        mixinStandardHelpOptions = true,
        description = "Cancels a cluster's run; what it created is removed again.")
final class CancelCommand extends ControlCommand {
    @Override
    ControlAction action() {
        return ControlAction.CANCEL;
    }
}
