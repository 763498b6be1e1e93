/// What the emulated services share: a call and who makes it, routes, refusals, the clock, ids, counts and the log of
/// effects.
///
/// No rule of any one IBM service lives here, and nothing of the wire. Start reading at [Call] and [Route].
@NullMarked
package io.keyfold.emulator.service;

import org.jspecify.annotations.NullMarked;
