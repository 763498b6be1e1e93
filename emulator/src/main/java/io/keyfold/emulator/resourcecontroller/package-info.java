/// The Resource Controller, version 2: service instances from `provisioning` to `removed`, and reclamations.
///
/// What an instance holds inside (keys) is the service's own and not known here; [Tenants] is asked before a delete.
/// Start reading at [ResourceControllerApi], then [Instance].
@NullMarked
package io.keyfold.emulator.resourcecontroller;

import org.jspecify.annotations.NullMarked;
