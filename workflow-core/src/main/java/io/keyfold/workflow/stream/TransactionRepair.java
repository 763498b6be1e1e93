package io.keyfold.workflow.stream;

import io.keyfold.workflow.stream.HangingTransactions.Hanging;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Undoes what hangs, where that loses nothing, and tells of the rest.
final class TransactionRepair {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionRepair.class);

    private final HangingTransactions transactions;
    private final WorkflowStreams streams;
    private final String bootstrapServers;
    private final Set<Hanging> leftToPeople = new HashSet<>();

    TransactionRepair(HangingTransactions transactions, WorkflowStreams streams, String bootstrapServers) {
        this.transactions = transactions;
        this.streams = streams;
        this.bootstrapServers = bootstrapServers;
    }

    /// A transaction of which nothing has been seen anywhere is undone: its input counts as unread, and is read again. The
    /// process that wrote it may have taken it for committed, and have it in its copy of the state; so that is thrown away.
    void look() throws InterruptedException {
        List<Hanging> hanging = transactions.look().stream().filter(each -> !leftToPeople.contains(each)).toList();
        hanging.stream().filter(each -> !each.isWhole()).forEach(each -> leaveToPeople(each, ""));
        List<Hanging> whole = hanging.stream().filter(Hanging::isWhole).toList();
        if (!whole.isEmpty()) {
            streams.beginAnew(() -> {
                for (Hanging each : whole) {
                    undo(each);
                }
            });
        }
    }

    private void undo(Hanging hanging) throws InterruptedException {
        try {
            transactions.undo(hanging);
            LOG.warn(
                    "The {}. Nobody has seen anything of it: it is undone, and what led to it is done again. Such a thing is"
                            + " left when a broker dies while a transaction is being committed.",
                    hanging.words());
        } catch (KafkaException e) {
            leaveToPeople(hanging, " " + e.getMessage() + ".");
        }
    }

    private void leaveToPeople(Hanging hanging, String why) {
        leftToPeople.add(hanging);
        LOG.error(
                "The {}.{} Let Kafka's administrator end it: {}. Then look what is missing: keyfold audit.",
                hanging.words(),
                why, hanging.commands(bootstrapServers));
    }
}
