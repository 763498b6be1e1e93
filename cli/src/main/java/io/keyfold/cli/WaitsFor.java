package io.keyfold.cli;

import io.keyfold.cli.output.Text;
import io.keyfold.cli.topic.WorkerHealth;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.StepName;
import io.keyfold.contract.StepStatus;
import io.keyfold.workers.WorkerKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Which paused or cut-off workers a cluster's run waits for.
final class WaitsFor {
    /// The states of a step whose worker has been asked and has not answered for good.
    private static final Set<String> ASKED = Set.of("RESOLVING", "RUNNING", "DELETING", "DEFERRED");

    private WaitsFor() {}

    /// @param health is asked only where the run waits for a worker
    static List<String> of(ClusterEncryptionStatus status, Supplier<WorkerHealth> health) {
        var run = status.getLastRun();
        if (run == null || run.getState() != RunState.IN_PROGRESS && run.getState() != RunState.COMPENSATING) {
            return List.of();
        }
        var account = status.getClusterId().substring(0, status.getClusterId().indexOf('/'));
        var workers = status.getSteps().stream().filter(step -> ASKED.contains(step.getState()))
                .map(StepStatus::getStep).flatMap(step -> worker(step).stream())
                .map(kind -> account + "/" + kind.service()).collect(Collectors.toSet());
        return workers.isEmpty() ? List.of()
                : health.get().ailments().stream().filter(ailment -> workers.contains(ailment.worker()))
                        .map(ailment -> "\nIt waits for worker " + ailment.worker() + ": "
                                + Text.harmless(ailment.words()) + "\n  -> " + ailment.remedy())
                        .toList();
    }

    private static Optional<WorkerKind> worker(StepName step) {
        return switch (step) {
            case KMS_INSTANCE -> Optional.of(WorkerKind.KMS_INSTANCE);
            case ROOT_KEY, VSI_ROOT_KEY -> Optional.of(WorkerKind.ROOT_KEY);
            case BLOCK_STORAGE_AUTHORIZATION, FILE_STORAGE_AUTHORIZATION, OBJECT_STORAGE_AUTHORIZATION ->
                Optional.of(WorkerKind.AUTHORIZATION);
            case UNKNOWN -> Optional.empty();
        };
    }
}
