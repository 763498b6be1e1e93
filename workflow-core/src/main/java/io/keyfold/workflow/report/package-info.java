/// A saga in an operator's words: its status as it is published, and what to do next about every fault.
///
/// Pure, and derived from the saga alone: nothing here decides anything. Start reading at [StatusReport], then
/// [Remedy].
@NullMarked
package io.keyfold.workflow.report;

import org.jspecify.annotations.NullMarked;
