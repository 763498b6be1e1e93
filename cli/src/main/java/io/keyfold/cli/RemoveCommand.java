package io.keyfold.cli;

import io.keyfold.contract.ControlAction;
import picocli.CommandLine.Command;

/// `keyfold remove`: removes what a change has left unused.
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description = "Removes what was made for a cluster and is UNUSED since a change. Nothing is forced: what still"
                + " protects something stays. A root key that is deleted takes with it whatever is encrypted with it: a"
                + " protected cluster wants a --reason.")
final class RemoveCommand extends TwoPersonCommand {
    @Override
    ControlAction action() {
        return ControlAction.REMOVE;
    }
}
