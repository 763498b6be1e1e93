package io.keyfold.cli;

import io.keyfold.contract.ControlAction;
import picocli.CommandLine.Command;

/// `keyfold deprovision`: removes what the cluster's runs have made.
@Command(
        name = "deprovision",
        mixinStandardHelpOptions = true,
        description = "Removes what was made for a cluster: its root keys, then its authorizations, then its instance."
                + " Nothing is forced, and what was adopted stays. Without its root key, whatever it still protects is"
                + " unreadable for good: a protected cluster wants a --reason.")
final class DeprovisionCommand extends TwoPersonCommand {
    @Override
    ControlAction action() {
        return ControlAction.DEPROVISION;
    }
}
