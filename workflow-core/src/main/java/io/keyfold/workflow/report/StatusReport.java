package io.keyfold.workflow.report;

import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.StorageService;
import io.keyfold.workflow.saga.InForce;
import io.keyfold.workflow.saga.Pause;
import io.keyfold.workflow.saga.Run;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.Standing;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A cluster's encryption status as it is published in `cluster-encryption-status`, field by field.
///
/// Standing and storage tell what holds now and never follow a run that is still going or was undone; the run and its
/// steps tell how the latest request went.
///
/// @param externalId empty if none; likewise `region`
/// @param kmsRegion  where the keys are, as it was asked for; empty if there are none; likewise `resourceGroup`
public record StatusReport(
        ClusterId cluster,
        long revision,
        String externalId,
        Standing standing,
        Optional<Instant> standingSince,
        String region,
        String kmsRegion,
        String resourceGroup,
        Optional<RunReport> lastRun,
        List<StorageReport> storage,
        List<ResourceReport> resources,
        List<StepReport> steps,
        Optional<VerificationReport> verification,
        Optional<Pause> pause) {
    public StatusReport {
        storage = List.copyOf(storage);
        resources = List.copyOf(resources);
        steps = List.copyOf(steps);
    }

    public static StatusReport of(Saga saga) {
        Optional<DeployRequest> request = accepted(saga);
        Optional<DeployRequest> keys = withKeys(saga);
        return new StatusReport(
                saga.cluster(),
                saga.revision(),
                request.map(DeployRequest::externalId).orElse(""),
                saga.standing(),
                saga.standingSince(),
                request.flatMap(DeployRequest::clusterRegion).orElse(""),
                keys.flatMap(DeployRequest::keyRegion).orElse(""),
                keys.map(DeployRequest::resourceGroup).orElse(""),
                saga.lastRun().map(run -> RunReport.of(saga, run)),
                Arrays.stream(StorageService.values()).map(service -> StorageReport.of(saga, service)).toList(),
                ResourceReport.allOf(saga),
                saga.lastRun().stream()
                        .flatMap(run -> run.steps().stream().map(step -> StepReport.of(saga, run, step))).toList(),
                VerificationReport.of(saga),
                saga.pause());
    }

    /// The request that the cluster is to be described by: the one being worked on, else the one in force, else the
    /// last that was accepted at all; never a refused one.
    private static Optional<DeployRequest> accepted(Saga saga) {
        return saga.goingRun().map(Run::request).or(() -> saga.inForce().map(InForce::request))
                .or(() -> saga.lastRun().filter(run -> run.number() > 0).map(Run::request));
    }

    /// The request that the keys in use come from, else the one that is to bring some.
    private static Optional<DeployRequest> withKeys(Saga saga) {
        return saga.inForce().map(InForce::request).filter(request -> !request.isProviderManaged())
                .or(() -> accepted(saga).filter(request -> !request.isProviderManaged()));
    }
}
