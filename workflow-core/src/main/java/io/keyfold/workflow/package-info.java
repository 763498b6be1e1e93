/// The workflow: what was asked, what happens next, who holds what.
///
/// The decision packages below know neither Kafka nor Avro nor a clock; only `stream` does.
/// Start at `saga`.
@NullMarked
package io.keyfold.workflow;

import org.jspecify.annotations.NullMarked;
