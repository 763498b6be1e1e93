/// The catalogue of failure modes and the tests that show them, gathered into `docs/failure-modes.md`. Reads sources
/// only and starts nothing. Start at `FailureModesPageTest`.
@NullMarked
package io.keyfold.acceptance.cases;

import org.jspecify.annotations.NullMarked;
