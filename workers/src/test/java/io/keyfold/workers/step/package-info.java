@NullMarked
package io.keyfold.workers.step;

import org.jspecify.annotations.NullMarked;
