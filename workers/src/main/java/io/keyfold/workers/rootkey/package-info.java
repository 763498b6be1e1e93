/// The worker for root keys and the small interfaces it needs: of Key Protect, and of where material is kept that is brought.
///
/// Never HTTP, never IBM's SDK. Key material only in a `KeyMaterial`, from when it is fetched until it is encrypted.
///
/// Start at `RootKeys`.
@NullMarked
package io.keyfold.workers.rootkey;

import org.jspecify.annotations.NullMarked;
