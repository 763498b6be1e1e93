/// From a command topic to a worker and back: each record is worked on once its key's earlier ones are done, and counts
/// as done when its answer is acknowledged.
///
/// No decision of a worker. Only here: Kafka and the contract's records.
///
/// Start at `KeyedConsumer`, then `CommandDesk`.
@NullMarked
package io.keyfold.workers.delivery;

import org.jspecify.annotations.NullMarked;
