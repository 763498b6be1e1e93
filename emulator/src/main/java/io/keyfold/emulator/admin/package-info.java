/// For those who test against the emulator: state, seeds, faults, effects, counts, time.
///
/// Nothing here is IBM's. Start reading at [EmulatedCloud], which holds all parts together; [AdminApi] is the same over
/// HTTP under `/emulator`.
@NullMarked
package io.keyfold.emulator.admin;

import org.jspecify.annotations.NullMarked;
