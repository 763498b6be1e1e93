/// Faults on demand: which calls a rule means, when it strikes, and what then happens.
///
/// Everything is drawn from the seed, the rule's name and the number of the matching call, so a run can be repeated.
/// It decides and applies nothing by itself. Start reading at [FaultRule], then [FaultRules].
@NullMarked
package io.keyfold.emulator.faults;

import org.jspecify.annotations.NullMarked;
