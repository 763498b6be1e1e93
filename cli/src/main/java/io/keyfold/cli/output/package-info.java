/// What the commands print: tables, JSON, variables of the next deployment stage, a terminal's live lines.
///
/// Shows what a record says and draws no conclusion of its own. Start at [StatusReport].
@NullMarked
package io.keyfold.cli.output;

import org.jspecify.annotations.NullMarked;
