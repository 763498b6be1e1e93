/// The workers: each takes commands for one kind of resource and reports what became of them.
///
/// No decision about a cluster is made here, and a worker deletes nothing of its own accord.
/// Start at `step`.
@NullMarked
package io.keyfold.workers;

import org.jspecify.annotations.NullMarked;
