/// The wire itself, spoken to by plain sockets.
@NullMarked
package io.keyfold.emulator.http;

import org.jspecify.annotations.NullMarked;
