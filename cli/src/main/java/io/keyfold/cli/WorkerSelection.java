package io.keyfold.cli;

import io.keyfold.workers.WorkerKind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Worker kinds in an account, instead of clusters.
final class WorkerSelection {
    @Option(
            names = "--worker",
            paramLabel = "KIND",
            description = "Not a cluster but all processes of this worker kind: kms-instance, root-key or authorization."
                    + " May be given several times.")
    private @Nullable List<String> kinds;

    @Option(
            names = "--account",
            paramLabel = "ALIAS",
            description = "The account whose workers are meant, default if left out; alone: all kinds of worker there.")
    private @Nullable String account;

    boolean isGiven() {
        return kinds != null || account != null;
    }

    String account() {
        return account == null ? "default" : account;
    }

    Set<WorkerKind> kinds() {
        if (kinds == null) {
            return EnumSet.allOf(WorkerKind.class);
        }
        var wanted = EnumSet.noneOf(WorkerKind.class);
        for (var kind : kinds) {
            wanted.add(WorkerKind.named(kind)
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.USAGE,
                            "there is no worker " + kind,
                            "There are " + Arrays.stream(WorkerKind.values()).map(WorkerKind::service)
                                    .collect(Collectors.joining(", ")))));
        }
        return wanted;
    }
}
