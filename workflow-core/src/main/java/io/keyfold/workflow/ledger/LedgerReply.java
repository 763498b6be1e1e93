package io.keyfold.workflow.ledger;

import java.util.List;

/// The ledger's answer to a HOLD or a DELETE.
///
/// @param holders  REFUSED: the clusters that hold it, in order
/// @param barredBy BARRED: the cluster that is removing it
public record LedgerReply(LedgerRequest request, Verdict verdict, List<String> holders, String barredBy) {
    public LedgerReply {
        holders = List.copyOf(holders);
    }
}
