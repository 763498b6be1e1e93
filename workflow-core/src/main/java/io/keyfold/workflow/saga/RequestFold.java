package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.Given;
import io.keyfold.workflow.request.Plan;
import io.keyfold.workflow.request.PlannedStep;
import io.keyfold.workflow.request.RefusalCode;
import io.keyfold.workflow.request.RequestRules;
import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.request.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Admits a deploy request, or what is to be imported, or refuses it: what was answered before, what comes while a run is going, and what breaks a
/// rule never changes what holds.
final class RequestFold {
    /// How many requests of a cluster are remembered, so that one sent again has no effect.
    static final int REMEMBERED = 16;

    private final Draft draft;

    RequestFold(Draft draft) {
        this.draft = draft;
    }

    void on(DeployRequest request) {
        on(request, Optional.empty());
    }

    /// @param imported present if the request tells what is there already, and only that is to be taken over
    void on(DeployRequest request, Optional<Import> imported) {
        Optional<SeenRequest> seen = draft.saga().seenRequests().stream()
                .filter(before -> before.requestId().equals(id(request))).findFirst();
        if (seen.isPresent()) {
            answeredBefore(request, seen.get());
            return;
        }
        if (draft.saga().goingRun().isPresent()) {
            Run going = draft.run();
            draft.auditRequest(
                    AuditEvent.REQUEST_REFUSED,
                    id(request),
                    RefusalCode.BUSY,
                    "Run " + going.number() + " (request " + going.request().requestId() + ") is " + going.state()
                            + ". Wait for its end" + (going.isRemoval() ? "" : " or cancel it")
                            + ", then send this request again.");
            return;
        }
        remember(request);
        List<Violation> violations = violations(request, imported);
        if (!violations.isEmpty()) {
            reject(request.clipped(), imported, violations);
        } else if (draft.saga().cancelledInAdvance().contains(request.requestId())) {
            startCancelled(request, imported);
        } else {
            start(request, imported);
        }
    }

    /// What a run that has failed was to bring about, as a run of its own. Its deadline, if it named one, has been used up.
    void again(Run failed) {
        DeployRequest request = failed.request();
        boolean isOver = request.deadline().filter(deadline -> !deadline.isAfter(draft.now())).isPresent();
        DeployRequest again = isOver ? request.withoutDeadline() : request;
        List<Violation> violations = violations(again, failed.imported());
        if (violations.isEmpty()) {
            start(again, failed.imported());
        } else {
            reject(again.clipped(), failed.imported(), violations);
        }
    }

    private void answeredBefore(DeployRequest request, SeenRequest seen) {
        if (seen.digest().equals(request.digest())) {
            draft.auditRequest(
                    AuditEvent.IGNORED,
                    id(request),
                    RefusalCode.DUPLICATE_REQUEST,
                    "The same request was answered before; sending it again has no effect.");
        } else {
            draft.auditRequest(
                    AuditEvent.REQUEST_REFUSED,
                    id(request),
                    RefusalCode.REQUEST_CONFLICT,
                    "A request with this request_id but other inputs was answered before. Give every new request an id"
                            + " of its own.");
        }
    }

    private void remember(DeployRequest request) {
        draft.become(
                draft.saga().remembering(
                        Remembered.with(
                                draft.saga().seenRequests(),
                                new SeenRequest(id(request), request.digest()),
                                REMEMBERED),
                        draft.saga().seenControls(),
                        draft.saga().cancelledInAdvance()));
    }

    /// A bad id may be a megabyte long; a good one stays as it is.
    private static String id(DeployRequest request) {
        return Given.clipped(request.requestId());
    }

    /// Every rule that the request breaks: those of requests in themselves, and those of what the cluster has already.
    private List<Violation> violations(DeployRequest request, Optional<Import> imported) {
        List<Violation> violations = new ArrayList<>(
                imported.isPresent() ? RequestRules.checkImport(request, draft.now())
                        : RequestRules.check(request, draft.now()));
        violations.addAll(movedAway(request));
        violations.addAll(rotatedOtherwise(request));
        violations.addAll(deletedByTwoFromNowOn(request));
        violations.addAll(otherMaterial(request));
        return violations;
    }

    /// Region and resource group are fixed as long as the saga lists any resource.
    private List<Violation> movedAway(DeployRequest request) {
        if (request.isProviderManaged() || draft.saga().resources().isEmpty()) {
            return List.of();
        }
        List<Violation> violations = new ArrayList<>();
        before().ifPresent(before -> {
            fixed(violations, "region", before.clusterRegion(), request.clusterRegion());
            fixed(
                    violations,
                    "resource_group",
                    Optional.of(before.resourceGroup()),
                    Optional.of(request.resourceGroup()));
        });
        // What was asked, not what was found: an adopted instance may lie elsewhere.
        fixed(
                violations,
                "kms_region",
                draft.saga().inForce().map(InForce::request).filter(inForce -> !inForce.isProviderManaged())
                        .flatMap(DeployRequest::keyRegion)
                        .or(() -> draft.saga().resources().stream().map(Resource::region).findFirst()),
                request.keyRegion());
        return violations;
    }

    /// A key that would be used again is rotated as it was made to be; an interval that is left out asks for nothing else.
    private List<Violation> rotatedOtherwise(DeployRequest request) {
        Optional<Integer> wanted = request.rotationIntervalMonths();
        if (wanted.isEmpty() || request.isProviderManaged() || request.keyRegion().isEmpty()) {
            return List.of();
        }
        return keysUsedAgain(request)
                .filter(key -> !key.rotationMonths().equals(wanted))
                .map(
                        key -> new Violation(
                                RefusalCode.NOT_YET_SUPPORTED.name(),
                                "rotation_interval_months",
                                wanted.get().toString(),
                                key.rotationMonths().map(months -> months + " or left out").orElse("left out")
                                        + ": the root key \"" + key.what().name() + "\" exists already, and its"
                                        + " rotation cannot be changed yet"))
                .toList();
    }

    /// That deleting a key takes two identities is said when it is made; one that leaves it out changes nothing.
    private List<Violation> deletedByTwoFromNowOn(DeployRequest request) {
        if (!request.dualAuthorizationDelete() || request.isProviderManaged() || request.keyRegion().isEmpty()) {
            return List.of();
        }
        return keysUsedAgain(request)
                .filter(key -> !key.dualAuthorization())
                .map(
                        key -> new Violation(
                                RefusalCode.NOT_YET_SUPPORTED.name(),
                                "dual_authorization_delete",
                                "true",
                                "false: the root key \"" + key.what().name() + "\" exists already, and what deleting it"
                                        + " takes cannot be changed yet"))
                .toList();
    }

    /// The keys that the request would use again, made by an earlier run or somebody else's.
    private Stream<Resource> keysUsedAgain(DeployRequest request) {
        return Plan.of(request).steps().stream().filter(PlannedStep.RootKey.class::isInstance)
                .map(PlannedStep.RootKey.class::cast).filter(key -> !key.adoptOnly())
                .flatMap(key -> usedAgain(key, request));
    }

    private Stream<Resource> usedAgain(PlannedStep.RootKey key, DeployRequest request) {
        Optional<String> instance = Plan.of(request).step(StepName.KMS_INSTANCE)
                .map(step -> ((PlannedStep.Instance) step).name());
        return draft.saga().resources().stream()
                .filter(resource -> resource.kind() == ResourceKind.ROOT_KEY)
                .filter(resource -> resource.what().name().equals(key.name()))
                .filter(
                        resource -> draft.saga().resource(resource.instanceId()).map(found -> found.what().name())
                                .equals(instance));
    }

    /// A root key that would be used again has its material, so other material for it would be ignored: it is
    /// refused.
    private List<Violation> otherMaterial(DeployRequest request) {
        if (request.isProviderManaged() || request.keyRegion().isEmpty() || request.keyMaterialReference().isEmpty()) {
            return List.of();
        }
        return keysUsedAgain(request)
                .filter(key -> !key.material().equals(request.keyMaterialReference()))
                .map(
                        key -> new Violation(
                                RefusalCode.KEY_MATERIAL_FIXED.name(),
                                "key_material_reference",
                                "(not shown)",
                                "left out, or what it was imported from, as long as the cluster has the root key "
                                        + key.id()))
                .toList();
    }

    /// The request that what the cluster has rests on. One without a region is no more than a name: see [RemovalRun].
    private Optional<DeployRequest> before() {
        return draft.saga().inForce().map(InForce::request).filter(inForce -> !inForce.isProviderManaged())
                .or(() -> draft.saga().lastRun().filter(run -> run.state() != RunState.REJECTED).map(Run::request))
                .filter(last -> last.clusterRegion().isPresent());
    }

    private static void fixed(
            List<Violation> violations, String input, Optional<String> before, Optional<String> given) {
        if (before.isPresent() && !before.equals(given)) {
            violations.add(
                    Violation.of(
                            RefusalCode.REGION_FIXED,
                            input,
                            given.orElse(""),
                            "\"" + before.get() + "\", as long as the cluster has resources there"));
        }
    }

    private void reject(DeployRequest request, Optional<Import> imported, List<Violation> violations) {
        var run = new Run(
                0,
                request,
                RunState.REJECTED,
                draft.now(),
                draft.now(),
                Optional.of(draft.now()),
                Optional.empty(),
                violations,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                imported);
        draft.become(draft.saga().with(run));
        draft.auditRequest(
                AuditEvent.REQUEST_REFUSED,
                request.requestId(),
                violations.getFirst().code(),
                violations.stream().map(Violation::message).collect(Collectors.joining("; ")));
    }

    private void startCancelled(DeployRequest request, Optional<Import> imported) {
        Run run = newRun(request, imported);
        Fault why = Fault.ours(FaultCode.CANCELLED, "It was cancelled before it was read; nothing was created.");
        draft.become(draft.saga().with(run.because(why).ended(RunState.CANCELLED, draft.now())));
        draft.audit(AuditEvent.REQUEST_ACCEPTED, "", RunState.CANCELLED.name(), "CANCELLED", why.message());
    }

    private void start(DeployRequest request, Optional<Import> imported) {
        Run run = newRun(request, imported);
        List<Step> steps =
                run.plan().steps().stream().map(step -> Step.in(step.step(), firstState(step, request))).toList();
        draft.become(draft.saga().with(run.with(steps)));
        draft.audit(
                AuditEvent.REQUEST_ACCEPTED,
                "",
                RunState.IN_PROGRESS.name(),
                "",
                "Run " + run.number() + " begins"
                        + (run.isImport() ? ": what the cluster was deployed with is looked up, nothing is made" : "")
                        + ", asked for by "
                        + (request.requestedBy().isEmpty() ? "someone unnamed" : request.requestedBy())
                        + imported.map(Import::reason).filter(reason -> !reason.isEmpty()).map(": "::concat)
                                .orElse(""));
        // A plan without steps is reached at once; so is one of which everything is kept or skipped.
        new RunFold(draft).progress();
    }

    private Run newRun(DeployRequest request, Optional<Import> imported) {
        return new Run(
                draft.saga().runs() + 1,
                request,
                RunState.IN_PROGRESS,
                draft.now(),
                request.deadline().orElse(draft.now().plus(draft.settings().runTime())),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                imported);
    }

    /// What the cluster has already and goes on using is kept; what is skipped is taken to exist; the rest waits.
    private StepState firstState(PlannedStep planned, DeployRequest request) {
        Optional<Resource> inUse = draft.saga().inForce().flatMap(inForce -> inForce.id(planned.step()))
                .flatMap(draft.saga()::resource).filter(Resource::isInUse)
                .filter(resource -> draft.saga().undos().stream()
                        .noneMatch(undo -> undo.resource().id().equals(resource.id())));
        if (inUse.isPresent() && isStillWanted(planned, inUse.get(), request)) {
            return new StepState.Kept(inUse.get().id());
        }
        return planned instanceof PlannedStep.Authorization authorization && authorization.skipped()
                ? new StepState.Skipped()
                : new StepState.Waiting();
    }

    private boolean isStillWanted(PlannedStep planned, Resource inUse, DeployRequest request) {
        return switch (planned) {
            case PlannedStep.Instance instance -> instance.name().equals(inUse.what().name());
            case PlannedStep.RootKey key -> key.name().equals(inUse.what().name()) && isInstanceKept(request);
            case PlannedStep.Authorization authorization -> isInstanceKept(request)
                    && (authorization.skipped()
                            || Objects.equals(sourceInForce(planned.step()), authorization.source())
                                    && inUse.delegates() == authorization.delegates());
        };
    }

    private boolean isInstanceKept(DeployRequest request) {
        return Plan.of(request).step(StepName.KMS_INSTANCE).map(step -> firstState(step, request))
                .filter(StepState.Kept.class::isInstance).isPresent();
    }

    private PlannedStep.@Nullable Source sourceInForce(StepName step) {
        return draft.saga().inForce().flatMap(inForce -> Plan.of(inForce.request()).step(step))
                .filter(PlannedStep.Authorization.class::isInstance)
                .map(planned -> ((PlannedStep.Authorization) planned).source()).orElse(null);
    }
}
