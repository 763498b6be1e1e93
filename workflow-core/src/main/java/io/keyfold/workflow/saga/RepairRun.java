package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.Plan;
import io.keyfold.workflow.request.PlannedStep;
import io.keyfold.workflow.request.StepName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Begins a run that brings back what the last verification found missing or changed. It goes on as a deploy does; what it
/// does not have to bring back is kept as it is, and a root key or an instance is never made in the place of another.
final class RepairRun {
    private final Draft draft;

    RepairRun(Draft draft) {
        this.draft = draft;
    }

    /// What the last verification found missing or changed.
    static List<Finding> drift(Saga saga) {
        return saga.verification().last().map(Verified::drift).orElse(List.of());
    }

    void start(Repair repair) {
        InForce inForce = draft.saga().verifiable().orElseThrow();
        List<Step> steps = Plan.of(inForce.request()).steps().stream()
                .map(planned -> Step.in(planned.step(), firstState(planned, inForce))).toList();
        draft.become(
                draft.saga().with(
                        new Run(
                                draft.saga().runs() + 1,
                                inForce.request(),
                                RunState.IN_PROGRESS,
                                draft.now(),
                                draft.now().plus(draft.settings().runTime()),
                                Optional.empty(),
                                Optional.empty(),
                                List.of(),
                                steps,
                                Optional.empty(),
                                Optional.of(repair),
                                Optional.empty(),
                                Optional.empty())));
        draft.audit(
                AuditEvent.REQUEST_ACCEPTED,
                "",
                RunState.IN_PROGRESS.name(),
                "",
                "Run " + draft.run().number()
                        + " begins: what the last verification found missing or changed is brought"
                        + " back, " + repair.words());
        var runs = new RunFold(draft);
        lost().ifPresentOrElse(runs::undo, () -> mend(runs));
        runs.progress();
    }

    private StepState firstState(PlannedStep planned, InForce inForce) {
        boolean isBroughtBack = drift(draft.saga()).stream()
                .anyMatch(finding -> finding.step() == planned.step() && switch (way(finding)) {
                    case MEND, MAKE_ANEW -> true;
                    case LOST, BY_A_PERSON -> false;
                });
        return isBroughtBack ? new StepState.Waiting()
                : inForce.id(planned.step()).<StepState>map(StepState.Kept::new).orElseGet(StepState.Skipped::new);
    }

    private RepairWay way(Finding finding) {
        return RepairWay.of(draft.saga(), finding);
    }

    /// Keys wait for nothing: their instance is there.
    private void mend(RunFold runs) {
        drift(draft.saga()).stream().filter(finding -> way(finding) == RepairWay.MEND)
                .forEach(finding -> runs.steps().signal(finding.step(), new Signal.Broken(finding.id())));
    }

    private Optional<Fault> lost() {
        return drift(draft.saga()).stream().filter(finding -> way(finding) == RepairWay.LOST).findFirst()
                .map(
                        finding -> Fault.ours(
                                FaultCode.KEY_LOST,
                                finding.step().title() + " " + finding.id()
                                        + " is gone, and nothing is made in its place. "
                                        + finding.differences() + " " + atStake(draft.saga(), finding.step())));
    }

    /// Which data cannot be read without what a step uses: what was last counted for the root key, or for all of the
    /// instance's.
    static String atStake(Saga saga, StepName step) {
        List<String> keys = saga.inForce().stream().flatMap(inForce -> inForce.uses().entrySet().stream())
                .filter(use -> use.getKey() == step
                        || step == StepName.KMS_INSTANCE && isRootKey(use.getKey()))
                .map(use -> use.getValue()).toList();
        var words = new ArrayList<String>();
        for (Counted counted : saga.verification().counted()) {
            if (keys.contains(counted.keyId())) {
                String data = String.join(", ", counted.registrations().stream().filter(one -> one.count() > 0)
                        .map(one -> one.count() + " " + one.resourceType() + (one.count() == 1 ? "" : "s")).toList());
                words.add(
                        "At stake: " + (data.isEmpty() ? "nothing that was registered" : data) + " on "
                                + counted.at() + ", when they were last counted.");
            }
        }
        return words.isEmpty() ? "What is encrypted with it was never counted." : String.join(" ", words);
    }

    private static boolean isRootKey(StepName step) {
        return step == StepName.ROOT_KEY || step == StepName.VSI_ROOT_KEY;
    }
}
