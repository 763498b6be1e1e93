package io.keyfold.cli;

import io.keyfold.contract.ClusterControlRequested;
import picocli.CommandLine.Option;

/// What the commands share that delete, for which an installation may want a second person's agreement.
abstract class TwoPersonCommand extends ControlCommand {
    @Option(
            names = "--approved-by",
            paramLabel = "WHO",
            description = "Who else has agreed, where the installation wants a second person.")
    private String approvedBy = "";

    @Override
    void complete(ClusterControlRequested.Builder control) {
        control.setApprovedBy(approvedBy);
    }
}
