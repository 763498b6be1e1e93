package io.keyfold.workflow.saga;

import io.keyfold.workflow.ledger.Verdict;
import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.Given;
import io.keyfold.workflow.request.StepName;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What can happen to a saga.
public sealed interface SagaEvent {

    /// A deploy was asked for; not yet checked.
    record DeployRequested(DeployRequest request) implements SagaEvent {}

    /// Something was asked to be done about the deploy with this request id.
    ///
    /// White space around a reason or a person is none of it: a blank reason is no reason.
    ///
    /// @param approvedBy who else agreed to it; empty if nobody
    /// @param found      SWEEP: what is to be deleted
    /// @param inputs     IMPORT: what the cluster was deployed with; not yet checked
    record ControlRequested(
            String controlId,
            ControlAction action,
            String requestId,
            String reason,
            String requestedBy,
            String approvedBy,
            List<Found> found,
            Optional<DeployRequest> inputs)
            implements SagaEvent {
        public ControlRequested {
            reason = reason.strip();
            requestedBy = requestedBy.strip();
            approvedBy = approvedBy.strip();
            found = List.copyOf(found);
        }

        public ControlRequested(
                String controlId,
                ControlAction action,
                String requestId,
                String reason,
                String requestedBy,
                String approvedBy) {
            this(controlId, action, requestId, reason, requestedBy, approvedBy, List.of(), Optional.empty());
        }

        /// Fit to be remembered and shown: every text shortened and escaped. The inputs have yet to be judged as they are.
        ControlRequested clipped() {
            return new ControlRequested(
                    Given.clipped(controlId),
                    action,
                    Given.clipped(requestId),
                    Given.clipped(reason),
                    Given.clipped(requestedBy),
                    Given.clipped(approvedBy),
                    found.stream().limit(Sweep.MOST + 1L).map(Found::clipped).toList(),
                    inputs);
        }
    }

    /// A worker answered a command.
    record StepAnswered(UUID command, int run, StepName step, Action action, Answer answer, String worker)
            implements SagaEvent {}

    /// The ledger answered a request.
    record LedgerAnswered(
            UUID ledgerRequest, Verdict verdict, String resourceId, List<String> holders, String barredBy)
            implements SagaEvent {
        public LedgerAnswered {
            holders = List.copyOf(holders);
        }
    }

    /// The moment that [Saga#nextWakeUp()] named has come, or any other moment.
    record TimePassed() implements SagaEvent {}
}
