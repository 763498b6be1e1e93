package io.keyfold.cli;

import io.keyfold.workers.WorkerKind;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Worker kinds, instead of clusters.
final class WorkerSelection {
    @Option(
            names = "--worker",
            paramLabel = "KIND",
            description = "Not clusters but all processes of this worker kind: kms-instance, root-key, authorization, or"
                    + " all of them. In the account given by --account, else in the default one. May be given several"
                    + " times.")
    private @Nullable List<String> kinds;

    boolean isGiven() {
        return kinds != null;
    }

    Set<WorkerKind> kinds() {
        return WorkerKinds.named(kinds == null ? List.of() : kinds);
    }
}
