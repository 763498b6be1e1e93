/// The demo: every process on this machine, six examples, and what became of them.
///
/// Starts the same commands that a person would and talks to them through the topics and the emulator's admin API only.
/// Start at [Demo].
@NullMarked
package io.keyfold.cli.demo;

import org.jspecify.annotations.NullMarked;
