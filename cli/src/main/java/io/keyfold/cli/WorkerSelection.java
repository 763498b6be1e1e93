package io.keyfold.cli;

import io.keyfold.workers.WorkerKind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Worker kinds, instead of clusters.
final class WorkerSelection {
    private static final String ALL = "all";

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
        if (kinds == null || kinds.contains(ALL)) {
            return EnumSet.allOf(WorkerKind.class);
        }
        var wanted = EnumSet.noneOf(WorkerKind.class);
        for (var kind : kinds) {
            wanted.add(WorkerKind.named(kind)
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.USAGE,
                            "there is no worker " + kind,
                            "There are " + Arrays.stream(WorkerKind.values()).map(WorkerKind::service)
                                    .collect(Collectors.joining(", ")) + "; all are " + ALL)));
        }
        return wanted;
    }
}
