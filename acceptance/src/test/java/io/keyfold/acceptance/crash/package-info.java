/// Workers that die at a named point of a named call: every call that they make, every point, for deploy, undo and
/// deprovision. Start reading at [MortalWorker].
@NullMarked
package io.keyfold.acceptance.crash;

import org.jspecify.annotations.NullMarked;
