/// The worker for root keys and the small interface it needs of Key Protect.
///
/// Never HTTP, never IBM's SDK, never key material.
///
/// Start at `RootKeys`.
@NullMarked
package io.keyfold.workers.rootkey;

import org.jspecify.annotations.NullMarked;
