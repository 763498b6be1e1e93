package io.keyfold.cli;

import io.keyfold.contract.ControlAction;
import picocli.CommandLine.Command;

/// `keyfold retry`: goes on with a run that waits for a person, or tries a failed one again.
@Command(
        name = "retry",
        mixinStandardHelpOptions = true,
        description = "Goes on at once with a run that is parked (KEY_IN_USE, COMPENSATION_FAILED), or tries a FAILED one"
                + " again as a new run.")
final class RetryCommand extends ControlCommand {
    @Override
    ControlAction action() {
        return ControlAction.RETRY;
    }
}
