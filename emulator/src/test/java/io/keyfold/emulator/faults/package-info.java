/// When rules strike, without any HTTP.
@NullMarked
package io.keyfold.emulator.faults;

import org.jspecify.annotations.NullMarked;
