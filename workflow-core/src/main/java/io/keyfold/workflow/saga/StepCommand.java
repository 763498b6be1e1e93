package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.PlannedStep;
import io.keyfold.workflow.request.StepName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// An order to a worker, with everything that it needs.
///
/// @param attempt    how many commands the step has sent in this run, this one included
/// @param mark       what everything created carries
/// @param notAfter   after this moment the worker makes no mutating call for it
/// @param expectedId COMPENSATE: the id to delete; VERIFY and REPAIR: the id in question; PROVISION: the id granted by the ledger, or the
///     id of what an earlier command made and could not show ready
public record StepCommand(
        UUID id,
        int run,
        String requestId,
        StepName step,
        Action action,
        int attempt,
        String mark,
        Instant issuedAt,
        Instant notAfter,
        Optional<String> expectedId,
        Target target) {

    /// The thing that the order is about.
    public sealed interface Target {}

    /// @param firstIssuedAt when this run first asked for it: an instance made well before that is not this run's
    /// @param foreignIds    instances of earlier runs, never this run's
    public record InstanceTarget(
            String name,
            boolean adoptOnly,
            String region,
            String resourceGroup,
            Instant firstIssuedAt,
            List<String> foreignIds,
            List<String> tags) implements Target {
        public InstanceTarget {
            foreignIds = List.copyOf(foreignIds);
            tags = List.copyOf(tags);
        }
    }

    /// @param rotationMonths every how many months a new one is to be rotated by itself; empty for never
    /// @param dualAuthorization whether deleting a new one is to take two identities
    /// @param material where the worker finds the key's material; empty if Key Protect generates it
    public record KeyTarget(
            String instanceId,
            String instanceCrn,
            String region,
            String name,
            boolean adoptOnly,
            Optional<Integer> rotationMonths,
            boolean dualAuthorization,
            Optional<String> material) implements Target {}

    public record AuthorizationTarget(PlannedStep.Authorization authorization, String instanceId, String region)
            implements Target {}
}
