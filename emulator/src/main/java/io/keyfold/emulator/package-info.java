/// IBM Cloud as Keyfold's workers see it: stateful, over real HTTP, with faults on demand.
///
/// Main code of the workflow and the workers never imports it. One port serves all services.
/// Start at [EmulatorServer], then [Exchange], which takes each call through route, faults, token, handler and log; or at
/// the one API you need: `resourcecontroller`, `keyprotect` or `iam`.
@NullMarked
package io.keyfold.emulator;

import org.jspecify.annotations.NullMarked;
