package io.keyfold.cli;

import io.keyfold.contract.ClusterEncryptionStatus;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Clusters by what their status says, instead of one by name, for what is done to them.
final class Selection {
    @Mixin
    private final Filter filter = new Filter();

    @Option(names = "--yes", description = "Do it. Without it, only the clusters that it would be done to are shown.")
    private boolean yes;

    boolean isGiven() {
        return filter.isGiven();
    }

    boolean isNarrowerThanAnAccount() {
        return filter.isNarrowerThanAnAccount();
    }

    Optional<String> account() {
        return filter.account();
    }

    boolean isMeant() {
        return yes;
    }

    boolean contains(ClusterEncryptionStatus status) {
        return filter.contains(status);
    }
}
