/// Where a process shows its metrics and its health, and, in [io.keyfold.monitoring.traces], what it has lived through.
///
/// It knows nothing of what is measured: workflow, workers and gateway name their own meters and say themselves whether they
/// are well. Start reading at [io.keyfold.monitoring.Monitor].
@NullMarked
package io.keyfold.monitoring;

import org.jspecify.annotations.NullMarked;
