/// The rim of the workflow: Kafka Streams, Avro, the state stores, the wall clock and the settings.
///
/// No decision about a cluster is made here: what a record means is said by the folds of the other packages, and this
/// one reads, writes and remembers for them.
///
/// Start at `WorkflowTopology` (what flows where), then `SagaProcessor` (one record), then `Workflow` (the service).
@NullMarked
package io.keyfold.workflow.stream;

import org.jspecify.annotations.NullMarked;
