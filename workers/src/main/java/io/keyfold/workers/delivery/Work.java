package io.keyfold.workers.delivery;

/// What is done with each record.
@FunctionalInterface
public interface Work {
    /// Returns when the record is dealt with and need not be delivered again.
    ///
    /// Anything thrown leaves it undone: an interrupt for the next owner of its partition, anything else stops the
    /// consumer.
    void carryOut(ReceivedRecord record) throws InterruptedException;
}
