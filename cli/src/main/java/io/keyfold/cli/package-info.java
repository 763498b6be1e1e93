/// The `keyfold` command, one class a command.
///
/// Wires the processes together by hand and shows what the topics say; holds no rule of the workflow.
/// Start at the command you typed, or at [Main] for what every command shares.
@NullMarked
package io.keyfold.cli;

import org.jspecify.annotations.NullMarked;
