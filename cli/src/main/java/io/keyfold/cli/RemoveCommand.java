package io.keyfold.cli;

import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ControlAction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyfold remove`: removes what a change has left unused.
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description = "Removes what was made for a cluster and is UNUSED since a change. Nothing is forced: what still"
                + " protects something stays. A root key that is deleted takes with it whatever is encrypted with it: a"
                + " protected cluster wants a --reason.")
final class RemoveCommand extends ControlCommand {
    @Option(
            names = "--approved-by",
            paramLabel = "WHO",
            description = "Who else has agreed, where the installation wants a second person.")
    private String approvedBy = "";

    @Override
    ControlAction action() {
        return ControlAction.REMOVE;
    }

    @Override
    void complete(ClusterControlRequested.Builder control) {
        control.setApprovedBy(approvedBy);
    }
}
