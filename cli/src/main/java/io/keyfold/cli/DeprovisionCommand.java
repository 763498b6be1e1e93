package io.keyfold.cli;

import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ControlAction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `keyfold deprovision`: removes what the cluster's runs have made.
@Command(
        name = "deprovision",
        mixinStandardHelpOptions = true,
        description = "Removes what was made for a cluster: its root keys, then its authorizations, then its instance."
                + " Nothing is forced, and what was adopted stays. Without its root key, whatever it still protects is"
                + " unreadable for good: a protected cluster wants a --reason.")
final class DeprovisionCommand extends ControlCommand {
    @Option(
            names = "--approved-by",
            paramLabel = "WHO",
            description = "Who else has agreed, where the installation wants a second person.")
    private String approvedBy = "";

    @Override
    ControlAction action() {
        return ControlAction.DEPROVISION;
    }

    @Override
    void complete(ClusterControlRequested.Builder control) {
        control.setApprovedBy(approvedBy);
    }
}
