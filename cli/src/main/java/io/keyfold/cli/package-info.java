/// The `keyfold` command, one class a command.
///
/// Wires the processes together by hand; holds no rule of the workflow.
/// Start at the command you typed.
@NullMarked
package io.keyfold.cli;

import org.jspecify.annotations.NullMarked;
