/// Records spoilt in every way, for the tests of all who read topics; other modules take this package as a test jar.
///
/// Knows the contract's schemas and none of its rules. Start at [Spoiler].
@NullMarked
package io.keyfold.schemas.spoilt;

import org.jspecify.annotations.NullMarked;
