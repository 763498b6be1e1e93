/// Where a process's spans go: to a receiver of OpenTelemetry's protocol, to a file, or nowhere.
///
/// It knows nothing of what the spans are about: workflow, workers and gateway name their own. Start reading at
/// [io.keyfold.monitoring.traces.Traces].
@NullMarked
package io.keyfold.monitoring.traces;

import org.jspecify.annotations.NullMarked;
