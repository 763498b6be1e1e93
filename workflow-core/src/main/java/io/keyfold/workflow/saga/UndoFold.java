package io.keyfold.workflow.saga;

import io.keyfold.workflow.saga.UndoState.AskingLeave;
import io.keyfold.workflow.saga.UndoState.Deferred;
import io.keyfold.workflow.saga.UndoState.Deleting;
import io.keyfold.workflow.saga.UndoState.Parked;
import io.keyfold.workflow.saga.UndoState.Queued;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What one deletion does: a table over the pair of state and signal, complete like [StepFold].
///
/// Every delete asks the ledger first; it is never forced, and what IBM refuses to delete is kept or parked.
final class UndoFold {
    private UndoFold() {}

    sealed interface Signal {
        /// Its turn has come.
        record Open() implements Signal {}

        record Granted(UUID leave) implements Signal {}

        record Refused(List<String> holders) implements Signal {}

        /// @param restorableUntil until when a person can bring it back, where that is known
        /// @param instead         what was found, where there was nothing to delete; else empty
        record Gone(Optional<Instant> restorableUntil, String instead) implements Signal {}

        record NotGone(Fault fault) implements Signal {}

        /// @param wasSent whether the delete was sent, so that it may yet have its effect
        record AskAgain(Instant at, String why, Optional<Fault> fault, boolean wasSent) implements Signal {}

        record Due() implements Signal {}

        record Retried() implements Signal {}
    }

    sealed interface Next {
        record AskLeave() implements Next {}

        record Delete(UUID leave) implements Next {}

        record Become(UndoState state) implements Next {}

        /// The id is gone; the ledger is told.
        record Done(Optional<Instant> restorableUntil, String instead) implements Next {}

        /// Somebody still needs it: it stays listed as RETAINED.
        record Retain(List<String> keptFor) implements Next {}

        /// IBM refused for a reason that leaves it in place, and somebody still needs it.
        record RetainRefused(UUID leave, String why) implements Next {}

        record Park(UUID leave, Fault fault) implements Next {}

        /// What only a sweep says to be ours stays, and is not listed as such: the next sweep finds it again.
        ///
        /// @param leave the ledger's leave, which is given back; empty if it gave none
        /// @param code  why IBM or the worker refused; empty if somebody still needs it
        record Forget(Optional<UUID> leave, Optional<FaultCode> code, String why) implements Next {}

        record Ignore(String why) implements Next {}
    }

    private record When(UndoState state, Signal signal) {}

    static Next fold(Undo undo, Signal signal) {
        Next next = fold(undo.state(), signal);
        return undo.isSwept() ? ofSwept(next, undo.mayYetLand()) : next;
    }

    /// What a sweep has found is neither kept for others nor parked, unless a delete of it may yet land.
    private static Next ofSwept(Next next, boolean mayYetLand) {
        return switch (next) {
            case Next.Retain(var holders) -> new Next.Forget(Optional.empty(), Optional.empty(), keptFor(holders));
            case Next.RetainRefused(var leave, var why) when !mayYetLand ->
                new Next.Forget(Optional.of(leave), Optional.empty(), why);
            // Of what the worker does not see to be ours it has never sent a delete.
            case Next.Park(var leave, var fault) when fault.code() == FaultCode.NOT_OURS || !mayYetLand ->
                new Next.Forget(
                        Optional.of(leave), Optional.of(fault.code()),
                        fault.code() == FaultCode.NOT_OURS ? fault.message()
                                : fault.adding("Then: keyfold sweep").message());
            default -> next;
        };
    }

    static String keptFor(List<String> holders) {
        return "is kept for " + String.join(", ", holders);
    }

    static Next fold(UndoState state, Signal signal) {
        return switch (new When(state, signal)) {
            case When(Queued _, Signal.Open _) -> new Next.AskLeave();
            case When(AskingLeave _, Signal.Granted(var leave)) -> new Next.Delete(leave);
            case When(AskingLeave _, Signal.Refused(var holders)) -> new Next.Retain(holders);
            case When(Deleting(var leave, _), Signal.NotGone(var fault)) -> notGone(leave, fault);
            case When(Deleting(var leave, _), Signal.AskAgain(var at, var why, _, _)) ->
                new Next.Become(new Deferred(leave, at, why));
            case When(Deferred(var leave, _, _), Signal.Due _) -> new Next.Delete(leave);
            case When(Parked _, Signal.Retried _) -> new Next.Become(new Queued());
            case When(Parked(_, var askAgainAt), Signal.Due _) when askAgainAt.isPresent() ->
                new Next.Become(new Queued());
            case When(Deferred(var leave, _, _), Signal.Retried _) -> new Next.Delete(leave);
            // An operator asks for an answer that never came. The unanswered delete keeps its own leave, so that no
            // refusal of another one lifts the bar while it may still land. The ledger always answers: asked twice, it
            // would give a leave that nobody uses and nobody gives back.
            case When(Deleting _, Signal.Retried _) -> new Next.AskLeave();

            // However late the answer, gone is gone.
            case When(var _, Signal.Gone(var restorableUntil, var instead)) ->
                new Next.Done(restorableUntil, instead);

            case When(Queued _, _),When(AskingLeave _, _),When(Deleting _, _),When(Deferred _, _),When(Parked _, _) ->
                new Next.Ignore("not what the deletion waits for");
        };
    }

    private static Next notGone(UUID leave, Fault fault) {
        return switch (fault.code()) {
            // A source service must stay authorized until it has let go of its keys (docs: VPC, "Managing encryption").
            case REGISTRATIONS_REMAIN, KEYS_REMAIN -> new Next.RetainRefused(leave, fault.message());
            default -> new Next.Park(leave, fault);
        };
    }
}
