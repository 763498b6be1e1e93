package io.keyfold.workflow.saga;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Where one step of a run stands. Each state carries only what is known in it.
public sealed interface StepState {

    /// For the KMS instance, on which all other steps depend.
    record Waiting() implements StepState {}

    /// A RESOLVE of the given name is with the worker.
    record Resolving(UUID command) implements StepState {}

    /// The name has been resolved; the ledger is asked for a hold on the id before it is used.
    record Holding(CloudResource candidate, UUID ledgerRequest) implements StepState {}

    /// A PROVISION is with the worker.
    record Provisioning(UUID command, Aim aim) implements StepState {}

    /// The worker found somebody else's where we would have created; the ledger is asked whether we may use it.
    record Claiming(CloudResource found, Instant visibleSince, UUID ledgerRequest) implements StepState {}

    /// The worker cannot say yet, or the answer came too late: asked again by the timer.
    record Deferred(Instant until, String why, Ask next) implements StepState {}

    /// Made by this run, so this run may undo it.
    record Created(String id) implements StepState {}

    /// Somebody else's: used, never deleted.
    record Adopted(String id) implements StepState {}

    /// In use since an earlier run of this cluster: this run neither makes nor undoes it.
    record Kept(String id) implements StepState {}

    /// Taken to exist, as asked by a skip flag.
    record Skipped() implements StepState {}

    record Failed(Fault fault) implements StepState {}

    /// Being undone: a RESOLVE by this run's mark is with the worker.
    record Looking(UUID command, int look) implements StepState {}

    /// Being undone: the look itself failed and a person has to mend the reason.
    record LookFailed(Fault fault) implements StepState {}

    /// Undone: this run made nothing here.
    record NothingCreated() implements StepState {}

    /// Undone: what this run made is gone.
    ///
    /// @param restorableUntil until when IBM Cloud lets a person bring it back; empty if it does not or that is not known
    /// @param instead         what was found, where there was nothing to delete; else empty
    record Compensated(String id, Optional<Instant> restorableUntil, String instead) implements StepState {}

    /// Undone as far as may be: what this run made is kept for somebody who still needs it.
    record Retained(String id, List<String> keptFor) implements StepState {
        public Retained {
            keptFor = List.copyOf(keptFor);
        }
    }

    /// Whether the step has brought about what the plan wants.
    default boolean isReached() {
        return this instanceof Created || this instanceof Adopted || this instanceof Kept || this instanceof Skipped;
    }

    /// Whether an answer is still to come that decides whether it is reached.
    default boolean isUnderWay() {
        return switch (this) {
            case Resolving _,Holding _,Provisioning _,Claiming _,Deferred _,Looking _ -> true;
            case Waiting _,Created _,Adopted _,Kept _,Skipped _,Failed _,LookFailed _,NothingCreated _,Compensated _,Retained _ ->
                false;
        };
    }

    /// Whether it is still unknown, while undoing, what this run made here.
    default boolean isUndetermined() {
        return this instanceof Looking || this instanceof LookFailed || this instanceof Deferred;
    }

    /// What the step is to bring about, while it is being asked for.
    default Optional<Aim> aimedAt() {
        return switch (this) {
            case Provisioning(_, var aim) -> Optional.of(aim);
            case Deferred(_, _, Ask.Provision(var aim)) -> Optional.of(aim);
            default -> Optional.empty();
        };
    }

    /// What commands told to have made, and IBM Cloud does not show ready yet.
    default List<CloudResource> made() {
        return aimedAt().map(Aim::made).orElse(List.of());
    }

    /// The state's name in status and audit.
    default String label() {
        return switch (this) {
            case Waiting _ -> "WAITING";
            case Resolving _ -> "RESOLVING";
            case Holding _,Claiming _ -> "HOLDING";
            case Provisioning _ -> "RUNNING";
            case Deferred _ -> "DEFERRED";
            case Created _ -> "CREATED";
            case Adopted _ -> "ADOPTED";
            case Kept _ -> "KEPT";
            case Skipped _ -> "SKIPPED";
            case Failed _ -> "FAILED";
            case Looking _ -> "RESOLVING";
            case LookFailed _ -> "COMPENSATION_FAILED";
            case NothingCreated _ -> "NOTHING_CREATED";
            case Compensated _ -> "COMPENSATED";
            case Retained _ -> "RETAINED";
        };
    }
}
