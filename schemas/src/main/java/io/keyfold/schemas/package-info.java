/// The contract's hand-written half: which topics there are, how their records are read and written.
///
/// No decision about a cluster is ever made here, and nothing of ours is depended on.
/// Start at `Topics`.
@NullMarked
package io.keyfold.schemas;

import org.jspecify.annotations.NullMarked;
