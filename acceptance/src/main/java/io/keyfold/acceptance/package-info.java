/// What Keyfold promises, one test class a promise, over real processes.
///
/// Nothing here is shipped.
@NullMarked
package io.keyfold.acceptance;

import org.jspecify.annotations.NullMarked;
