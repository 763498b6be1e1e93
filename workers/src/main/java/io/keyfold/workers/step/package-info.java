/// How a worker's step goes, and how it fails: the faults, IBM's names, the retries.
///
/// Never HTTP, never Kafka, never IBM's SDK.
///
/// Start at `Fault`.
@NullMarked
package io.keyfold.workers.step;

import org.jspecify.annotations.NullMarked;
