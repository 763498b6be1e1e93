package io.keyfold.workflow.saga;

import io.keyfold.workflow.ledger.LedgerRequest;

/// What a decision sends out, in order.
public sealed interface Effect {

    record Send(StepCommand command) implements Effect {}

    record AskLedger(LedgerRequest request) implements Effect {}

    record Write(AuditLine line) implements Effect {}
}
