package io.keyfold.workflow.report;

import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.request.Violation;
import io.keyfold.workflow.saga.Fault;
import io.keyfold.workflow.saga.Finding;
import io.keyfold.workflow.saga.Ownership;
import io.keyfold.workflow.saga.Removal;
import io.keyfold.workflow.saga.Repair;
import io.keyfold.workflow.saga.Resource;
import io.keyfold.workflow.saga.Run;
import io.keyfold.workflow.saga.RunKind;
import io.keyfold.workflow.saga.RunState;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.Standing;
import io.keyfold.workflow.saga.Step;
import io.keyfold.workflow.saga.StepState;
import io.keyfold.workflow.saga.Undo;
import io.keyfold.workflow.saga.Verified;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// The latest request of a cluster and how it went.
///
/// @param run        0 if the request was rejected before it became a run
/// @param deadline   empty if it never became a run
/// @param clockStoppedUntil until when its clock stands still for a worker that is paused or cut off; empty if it runs
/// @param violations REJECTED: every rule that the request broke, a sentence each
/// @param message    how it stands, in words
/// @param remedy     what to do next; empty if nothing
public record RunReport(
        int run,
        String requestId,
        RunKind kind,
        RunState state,
        String requestedBy,
        Instant startedAt,
        Optional<Instant> endedAt,
        Optional<Instant> deadline,
        Optional<Instant> clockStoppedUntil,
        Optional<Fault> fault,
        List<String> violations,
        String message,
        String remedy) {
    public RunReport {
        violations = List.copyOf(violations);
    }

    static RunReport of(Saga saga, Run run) {
        return new RunReport(
                run.number(),
                run.request().requestId(),
                run.kind(),
                run.state(),
                run.removal().map(Removal::requestedBy).or(() -> run.repair().map(Repair::requestedBy))
                        .orElseGet(run.request()::requestedBy),
                run.startedAt(),
                run.endedAt(),
                Optional.of(run.deadline()).filter(_ -> run.number() > 0 && !run.isRemoval()),
                clockStoppedUntil(run),
                run.fault(),
                run.violations().stream().map(Violation::message).toList(),
                message(saga, run),
                Remedy.of(saga, run));
    }

    /// As long as a step waits until then.
    private static Optional<Instant> clockStoppedUntil(Run run) {
        return run.clockStoppedUntil().filter(_ -> run.isBringingUp()).filter(
                until -> run.steps().stream().anyMatch(
                        step -> step.state() instanceof StepState.Deferred(var at, _, _) && at.equals(until)));
    }

    private static String message(Saga saga, Run run) {
        String how = how(saga, run);
        return saga.pause().filter(_ -> run.state().isGoing())
                .map(pause -> sentence(capital(pause.words())) + " " + how)
                .orElse(how);
    }

    private static String capital(String words) {
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    private static String how(Saga saga, Run run) {
        return run.isRemoval() ? ofARemoval(saga, run) : ofADeploy(saga, run);
    }

    private static String ofARemoval(Saga saga, Run run) {
        return switch (run.state()) {
            case IN_PROGRESS, COMPENSATING -> "Being removed. " + left(saga, run);
            case COMPLETED -> run.letsGoOnly()
                    ? "Let go of; nothing was deleted: what others have made stays as it is."
                    : "Removed. " + whatIsRetained(saga);
            case FAILED, CANCELLED, REJECTED -> "Not all could be removed" + because(run)
                    + " The rest stays unused; its deletion is not asked for again by itself.";
            case COMPENSATION_FAILED -> "Removing waits for a person. " + left(saga, run);
            case KEY_IN_USE ->
                "Removing waits: a root key still protects resources and is never deleted by force. " + left(saga, run);
        };
    }

    private static String whatIsRetained(Saga saga) {
        List<Resource> retained =
                saga.resources().stream().filter(resource -> resource.ownership() == Ownership.RETAINED).toList();
        return retained.isEmpty() ? "All that was to go is gone."
                : "What others still need is kept: " + words(saga, retained);
    }

    private static String ofADeploy(Saga saga, Run run) {
        return switch (run.state()) {
            case IN_PROGRESS -> inProgress(run);
            case COMPENSATING -> "Being undone" + because(run) + " " + left(saga, run);
            case COMPLETED -> run.isRepair()
                    ? "What Keyfold can bring back is there again; the verification that follows says what holds."
                    : (run.isImport() ? "Taken over as it is; nothing was changed. " : "") + completed(saga);
            case FAILED -> "Failed" + because(run) + " " + whatIsKept(saga, run);
            case CANCELLED -> "Cancelled. " + whatIsKept(saga, run);
            case REJECTED -> "Rejected: " + count(run.violations().size(), "rule") + " broken. Nothing has changed.";
            case COMPENSATION_FAILED -> "Undoing waits for a person" + because(run) + " " + left(saga, run);
            case KEY_IN_USE ->
                "Undoing waits: a root key still protects resources and is never deleted by force. "
                        + left(saga, run);
        };
    }

    private static String inProgress(Run run) {
        long reached = run.steps().stream().filter(step -> step.state().isReached()).count();
        List<Step> open = run.steps().stream()
                .filter(step -> !step.state().isReached() && !(step.state() instanceof StepState.Waiting)).toList();
        return reached + " of " + count(run.steps().size(), "step") + " done"
                + (open.isEmpty() ? "." : "; under way: " + stepWords(open) + ".");
    }

    private static String stepWords(List<Step> steps) {
        return steps.stream().map(Step::name).map(StepName::words).collect(Collectors.joining(", "));
    }

    private static String because(Run run) {
        return run.fault().map(fault -> ": " + sentence(fault.message())).orElse(".");
    }

    static String sentence(String message) {
        return message.endsWith(".") ? message : message + ".";
    }

    private static String completed(Saga saga) {
        if (saga.standing() == Standing.DRIFTED) {
            return "All steps are done, but the last verification found "
                    + Finding.words(saga.verification().last().map(Verified::findings).orElse(List.of()))
                    + ", and a deploy does not look again at what it goes on using.";
        }
        return saga.standing() == Standing.PROVIDER_MANAGED
                ? "Encryption is left to the provider; nothing was created for it."
                : "Encrypted with " + saga.inForce().stream().flatMap(
                        inForce -> List.of(StepName.ROOT_KEY, StepName.VSI_ROOT_KEY).stream()
                                .flatMap(step -> inForce.id(step).stream()))
                        .flatMap(id -> saga.resource(id).stream())
                        .map(resource -> "root key \"" + resource.what().name() + "\"")
                        .collect(Collectors.joining(" and ")) + ".";
    }

    private static String left(Saga saga, Run run) {
        List<Step> looking = run.steps().stream().filter(step -> step.state().isUndetermined()).toList();
        List<Undo> undos = saga.undos().stream().filter(undo -> undo.run() == run.number()).toList();
        if (looking.isEmpty() && undos.isEmpty()) {
            return run.isImport() ? "Nothing was made, changed or deleted, and nothing is held."
                    : run.isRepair() ? "Nothing that it made is left." : "Nothing of it is left.";
        }
        var left = new StringBuilder();
        if (!undos.isEmpty()) {
            left.append("Still to be deleted: ").append(
                    undos.stream().map(undo -> undo.resource().step().words() + " " + undo.resource().id())
                            .collect(Collectors.joining(", ")))
                    .append('.');
        }
        if (!looking.isEmpty()) {
            left.append(left.isEmpty() ? "" : " ").append("Still to be looked for: ").append(stepWords(looking))
                    .append('.');
        }
        return left.toString();
    }

    private static String whatIsKept(Saga saga, Run run) {
        List<Resource> retained = saga.resources().stream().filter(
                resource -> resource.run() == run.number() && resource.ownership() == Ownership.RETAINED).toList();
        if (retained.isEmpty()) {
            return left(saga, run);
        }
        return "Undone except for what others still need: " + words(saga, retained);
    }

    private static String words(Saga saga, List<Resource> retained) {
        return retained.stream().map(
                resource -> resource.step().words() + " " + resource.id() + " (kept for "
                        + String.join(", ", resource.keptFor()) + ")")
                .collect(Collectors.joining(", "))
                + ". Whether it may be deleted is asked again by itself, within a day"
                + (saga.inForce().isEmpty() ? "; at once with: keyfold deprovision " + saga.cluster() : ".");
    }

    private static String count(int number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
