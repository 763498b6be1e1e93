package io.keyfold.cli;

import io.keyfold.workers.WorkerKind;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/// Worker kinds as they are named on the command line.
final class WorkerKinds {
    private static final String ALL = "all";

    private WorkerKinds() {}

    static Set<WorkerKind> named(Collection<String> names) {
        if (names.contains(ALL)) {
            return EnumSet.allOf(WorkerKind.class);
        }
        var kinds = EnumSet.noneOf(WorkerKind.class);
        for (var name : names) {
            kinds.add(WorkerKind.named(name)
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.USAGE,
                            "there is no worker " + name,
                            "There are " + Arrays.stream(WorkerKind.values()).map(WorkerKind::service)
                                    .collect(Collectors.joining(", ")) + ", and " + ALL)));
        }
        return kinds;
    }
}
