/// IBM Cloud as Keyfold's workers see it: stateful, over real HTTP, with faults on demand.
///
/// Main code of the workflow and the workers never imports it.
/// Start at the one API you need: `resourcecontroller`, `keyprotect` or `iam`.
@NullMarked
package io.keyfold.emulator;

import org.jspecify.annotations.NullMarked;
