package io.keyfold.workflow.saga;

import io.keyfold.workflow.ledger.LedgerRequest;
import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.PlannedStep;
import io.keyfold.workflow.request.StepName;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A run that brings about what a deploy asks for: which step can start, on what it finds there already, and what holds
/// once all is reached. How each step goes on is [StepRun]'s.
final class DeployRun {
    private final Draft draft;
    private final StepRun steps;
    private final UndoRun undos;

    DeployRun(Draft draft, StepRun steps, UndoRun undos) {
        this.draft = draft;
        this.steps = steps;
        this.undos = undos;
    }

    /// Why the run cannot be finished, once a step of it has failed.
    Optional<Fault> failure() {
        Run run = draft.run();
        List<Fault> faults = run.steps().stream().map(Step::state).filter(StepState.Failed.class::isInstance)
                .map(state -> ((StepState.Failed) state).fault()).toList();
        return run.isImport() ? allThatIsMissing(run, faults) : faults.stream().findFirst();
    }

    /// An import has made nothing that would have to be undone, so the rest is looked for before it fails.
    private static Optional<Fault> allThatIsMissing(Run run, List<Fault> faults) {
        if (faults.isEmpty() || run.steps().stream().anyMatch(step -> step.state().isUnderWay())) {
            return Optional.empty();
        }
        Fault all = faults.getFirst();
        for (Fault further : faults.subList(1, faults.size())) {
            all = all.adding(further.message());
        }
        return Optional.of(all);
    }

    /// Starts what can start, and ends the run when all is reached.
    void goOn() {
        Run run = draft.run();
        for (Step step : run.steps()) {
            if (step.state() instanceof StepState.Waiting && !draft.saga().isPaused() && !isBeingDeleted(step.name())
                    && (step.name() == StepName.KMS_INSTANCE || instance().isPresent())) {
                steps.signal(
                        step.name(),
                        own(step.name()).<Signal>map(Signal.FoundOwn::new)
                                .orElseGet(() -> new Signal.Started(isNamed(run, step.name()))));
            }
        }
        if (draft.run().steps().stream().allMatch(step -> step.state().isReached())) {
            complete();
        }
    }

    /// The instance that the run works in, once it is there.
    private Optional<String> instance() {
        return draft.run().step(StepName.KMS_INSTANCE).map(Step::state).filter(StepState::isReached)
                .flatMap(Commands::idOf);
    }

    /// What an earlier run made under the very name that would be created now: it is used again, not made twice.
    /// Authorizations need no name for that: IAM refuses a second one and says which is the first.
    private Optional<Resource> own(StepName name) {
        return draft.saga().resources().stream()
                .filter(resource -> resource.kind() == name.kind() && isCreatedAs(name, resource))
                .filter(resource -> resource.ownership() != Ownership.ADOPTED && undos.of(resource.id()).isEmpty())
                .findFirst();
    }

    /// What an earlier run made under that name is just being deleted: once that is settled, it is used again or made anew.
    private boolean isBeingDeleted(StepName name) {
        return draft.saga().undos().stream().filter(undo -> !undo.isParked()).map(Undo::resource)
                .anyMatch(resource -> resource.kind() == name.kind() && isCreatedAs(name, resource));
    }

    private boolean isCreatedAs(StepName name, Resource resource) {
        return draft.run().plan().step(name).filter(planned -> switch (planned) {
            case PlannedStep.Instance instance ->
                !instance.adoptOnly() && instance.name().equals(resource.what().name());
            case PlannedStep.RootKey key -> !key.adoptOnly() && key.name().equals(resource.what().name())
                    && instance().equals(Optional.of(resource.instanceId()));
            case PlannedStep.Authorization _ -> false;
        }).isPresent();
    }

    private static boolean isNamed(Run run, StepName name) {
        return run.plan().step(name).filter(planned -> switch (planned) {
            case PlannedStep.Instance instance -> instance.adoptOnly();
            case PlannedStep.RootKey key -> key.adoptOnly();
            case PlannedStep.Authorization authorization -> authorization.adoptOnly();
        }).isPresent();
    }

    private void complete() {
        Run run = draft.run();
        Optional<InForce> before = draft.saga().inForce();
        var uses = new TreeMap<StepName, String>();
        run.steps().forEach(step -> Commands.idOf(step.state()).ifPresent(id -> uses.put(step.name(), id)));
        List<String> changed = draft.saga().resources().stream()
                .filter(resource -> resource.isInUse() && !uses.containsValue(resource.id()))
                .map(Resource::instanceId).toList();
        useAgain(uses.values());
        List<Resource> kept = draft.saga().resources().stream()
                .filter(resource -> uses.containsValue(resource.id()) || resource.ownership() != Ownership.ADOPTED)
                .map(resource -> resource.ownership() == Ownership.CREATED && !uses.containsValue(resource.id())
                        && !run.isRepair()
                                ? resource.owned(Ownership.UNUSED)
                                : resource)
                .map(
                        resource -> uses.containsValue(resource.id())
                                ? resource.unprotected(run.request().deletionProtectionLifted())
                                : resource)
                .toList();
        Standing standing = standing(run, uses.values());
        Instant since = draft.saga().standing() == standing
                ? draft.saga().standingSince().orElse(draft.now())
                : draft.now();
        draft.become(
                draft.saga().withResources(kept)
                        .standing(standing, since, new InForce(asItStands(run.request(), uses), uses))
                        .with(run.ended(RunState.COMPLETED, draft.now())));
        if (run.isRepair()) {
            strikeOutWhatWasReplaced(before, uses);
        }
        draft.release(changed.stream());
        draft.audit(
                AuditEvent.RUN_ENDED,
                RunState.IN_PROGRESS.name(),
                RunState.COMPLETED.name(),
                "",
                "Run " + run.number() + " is complete: "
                        + (run.isRepair() ? "what it was to bring back is there again; that is verified now"
                                : (run.isImport() ? "taken over as it is, " : "") + "encryption is " + words(standing)
                                        + drifted(uses)));
    }

    /// A deploy has not looked at what it goes on using: what was found of it is still so. Nor has a repair, of anything: only
    /// the verification that follows says what it has come to.
    private Standing standing(Run run, Collection<String> used) {
        if (used.isEmpty() && run.plan().isProviderManaged()) {
            return Standing.PROVIDER_MANAGED;
        }
        boolean isStillDrifted = draft.saga().standing() == Standing.DRIFTED
                && (run.isRepair() || draft.saga().verification().isStillAbout(used));
        return isStillDrifted ? Standing.DRIFTED : Standing.CUSTOMER_MANAGED;
    }

    /// A deploy does not look at what it goes on using.
    private String drifted(Map<StepName, String> uses) {
        List<Finding> drift = draft.saga().verification().drift(uses.values());
        return drift.isEmpty() ? ""
                : ", but the last verification found " + Finding.words(drift) + ", and nobody has looked since";
    }

    /// A repair has made anew only authorizations that were gone. That IAM took the new one proves it: it takes no second one
    /// of the same source and target. Where it named somebody else's instead, ours is deleted in case it is there after all.
    private void strikeOutWhatWasReplaced(Optional<InForce> before, Map<StepName, String> uses) {
        before.stream().flatMap(inForce -> inForce.uses().entrySet().stream())
                .filter(use -> !uses.containsValue(use.getValue()))
                .forEach(use -> draft.saga().resource(use.getValue()).ifPresent(gone -> {
                    if (draft.run().step(use.getKey()).map(Step::state).filter(StepState.Created.class::isInstance)
                            .isPresent()) {
                        draft.unlist(gone.id());
                        draft.tellLedger(
                                LedgerRequest.Type.DELETED, gone.instanceId(), gone.kind(), gone.id(),
                                Optional.empty());
                    } else {
                        undos.queue(gone, draft.run().number());
                    }
                }));
    }

    /// A policy that is kept is as narrow as it was made, whatever a request that skips it says.
    private DeployRequest asItStands(DeployRequest request, Map<StepName, String> uses) {
        String policy = uses.get(StepName.OBJECT_STORAGE_AUTHORIZATION);
        return draft.saga().inForce()
                .filter(before -> policy != null && before.uses().containsValue(policy))
                .flatMap(before -> before.request().cosInstanceGuid())
                .filter(_ -> request.cosInstanceGuid().isEmpty())
                .map(request::withCosInstanceGuid)
                .orElse(request);
    }

    /// What an earlier run made, and was kept or not used since, is in use again.
    private void useAgain(Collection<String> used) {
        for (Resource resource : draft.saga().resources()) {
            if (used.contains(resource.id()) && !resource.isInUse()) {
                draft.list(resource.owned(Ownership.CREATED));
                draft.tellLedger(
                        LedgerRequest.Type.CREATED,
                        resource.instanceId(),
                        resource.kind(),
                        resource.id(),
                        Optional.empty());
            }
        }
    }

    private static String words(Standing standing) {
        return standing == Standing.PROVIDER_MANAGED ? "managed by the provider" : "managed by the customer's root key";
    }
}
