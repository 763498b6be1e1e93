/// The benchmark: a whole site on this machine under a load of its own, and beside each figure what the machine allows.
///
/// Never judges and never fails because something is slow. Start at [Bench]; what the figures mean is in
/// `docs/performance.md`.
@NullMarked
package io.keyfold.cli.bench;

import org.jspecify.annotations.NullMarked;
