package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.PlannedStep;
import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.saga.SagaEvent.StepAnswered;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Looks for what a late answer says may exist. What is found is taken like any other answer that says what was made: it is
/// deleted unless the saga accounts for it.
final class LookoutFold {
    private final Draft draft;

    LookoutFold(Draft draft) {
        this.draft = draft;
    }

    /// Looks for it once whatever its create has brought about must show: as long after the answer as a second look is
    /// after the first.
    void begin(StepAnswered answered) {
        Optional<Lookout> begun = lookouts().filter(other -> other.isOf(answered.run(), answered.step())).findFirst();
        Instant at = draft.now().plus(draft.settings().secondLookAfter());
        Optional<Lookout> lookout = begun.map(other -> other.due(at)).or(() -> lookout(answered, at));
        if (lookout.isEmpty()) {
            audit(answered.run(), answered.step(),
                    "may have made something that nobody has seen, in an instance that nothing is known of any more. To"
                            + " find it: keyfold sweep");
            return;
        }
        replace(lookout.get());
        audit(answered.run(), answered.step(),
                "may have made something that nobody has seen; it is looked for at " + at);
    }

    void onTime() {
        for (Lookout lookout : draft.saga().lookouts()) {
            if (!draft.now().isBefore(lookout.dueAt())) {
                Lookout counted = lookout.attempted();
                StepCommand command =
                        new Commands(draft.settings(), draft.now()).lookFor(draft.saga(), counted);
                draft.send(command);
                replace(
                        counted.asking(
                                command.id(), command.notAfter().plus(draft.settings().askAgainAfter())));
                audit(lookout.run(), lookout.step(), "may have made something that nobody has seen; it is looked for");
            }
        }
    }

    /// The one that has asked this very question.
    Optional<Lookout> asking(StepAnswered answered) {
        return lookouts().filter(lookout -> lookout.command().equals(Optional.of(answered.command()))).findFirst();
    }

    /// It has been looked for. What was found the caller accounts for.
    void over(Lookout lookout) {
        drop(lookout);
    }

    void nothingFound(Lookout lookout) {
        drop(lookout);
        audit(lookout.run(), lookout.step(), "has made nothing that nobody has seen");
    }

    void again(Lookout lookout, Instant at, String why) {
        replace(lookout.due(at));
        audit(lookout.run(), lookout.step(),
                "may have made something that nobody has seen; it is looked for again at " + at + ": " + why);
    }

    void refused(Lookout lookout, Fault fault) {
        again(lookout, draft.now().plus(draft.settings().neededAgainAfter(lookout.attempts() - 1)), fault.message());
    }

    private Stream<Lookout> lookouts() {
        return draft.saga().lookouts().stream();
    }

    private void drop(Lookout lookout) {
        draft.become(
                draft.saga().looking(
                        lookouts().filter(other -> !other.isOf(lookout.run(), lookout.step())).toList()));
    }

    private void replace(Lookout lookout) {
        List<Lookout> others = lookouts().filter(other -> !other.isOf(lookout.run(), lookout.step())).toList();
        draft.become(draft.saga().looking(Stream.concat(others.stream(), Stream.of(lookout)).toList()));
    }

    /// Empty if it cannot be said where to look.
    private Optional<Lookout> lookout(StepAnswered answered, Instant at) {
        return what(answered).map(
                what -> new Lookout(
                        answered.step(), answered.run(), what, since(answered), 0, at, Optional.empty()));
    }

    private Optional<CloudResource> what(StepAnswered answered) {
        StepName step = answered.step();
        return step == StepName.KMS_INSTANCE ? instanceToBe()
                : instanceOf(answered.run());
    }

    /// A cluster's own instance has the same name in every run.
    private Optional<CloudResource> instanceToBe() {
        Predicate<Resource> isOurs = resource -> resource.kind() == ResourceKind.KMS_INSTANCE
                && resource.ownership() != Ownership.ADOPTED;
        return plannedInstance().filter(planned -> !planned.adoptOnly())
                .map(planned -> unknown(planned.name(), "", planned.region()))
                .or(() -> known().filter(isOurs).findFirst()
                        .map(resource -> unknown(resource.what().name(), "", resource.region())));
    }

    private Optional<PlannedStep.Instance> plannedInstance() {
        return draft.saga().lastRun().flatMap(run -> run.plan().step(StepName.KMS_INSTANCE))
                .filter(PlannedStep.Instance.class::isInstance).map(PlannedStep.Instance.class::cast);
    }

    /// In the instance of the run that asked.
    private Optional<CloudResource> instanceOf(int number) {
        return draft.saga().lastRun().filter(run -> run.number() == number)
                .flatMap(run -> run.step(StepName.KMS_INSTANCE)).flatMap(step -> idEvenIfGone(step.state()))
                .map(id -> unknown("", id, plannedInstance().map(PlannedStep.Instance::region).orElse("")))
                .or(() -> known()
                        .filter(resource -> resource.kind() == ResourceKind.KMS_INSTANCE && resource.run() == number)
                        .findFirst().map(resource -> unknown("", resource.id(), resource.region())));
    }

    private static Optional<String> idEvenIfGone(StepState state) {
        return state instanceof StepState.Compensated(var id, _, _) ? Optional.of(id) : Commands.idOf(state);
    }

    private Stream<Resource> known() {
        return Stream.concat(
                draft.saga().resources().stream(), draft.saga().undos().stream().map(Undo::resource));
    }

    private static CloudResource unknown(String name, String instanceId, String region) {
        return new CloudResource("", "", name, instanceId, region, Optional.empty());
    }

    /// No instance that was made well before can be the one. Of an earlier run it is not known any more when it asked first:
    /// what then was made and is known is told by its id.
    private Instant since(StepAnswered answered) {
        return draft.saga().lastRun().filter(run -> run.number() == answered.run())
                .flatMap(run -> run.step(answered.step())).flatMap(Step::firstIssuedAt)
                .orElse(draft.now().minus(draft.settings().runTime()));
    }

    private void audit(int run, StepName step, String message) {
        draft.auditStep(
                AuditEvent.LATE_ANSWER, run, step, "", "", FaultCode.UNKNOWN_OUTCOME.name(), "",
                step.title() + ": run " + run + " " + message);
    }
}
