/// One class a promise, each kept over real processes: a real broker, a real registry, the emulator over HTTP, the
/// workflow and the three workers as they are started by anyone.
///
/// Start reading at [Site], which is one whole Keyfold, then at any class that ends in `IT`.
@NullMarked
package io.keyfold.acceptance;

import org.jspecify.annotations.NullMarked;
