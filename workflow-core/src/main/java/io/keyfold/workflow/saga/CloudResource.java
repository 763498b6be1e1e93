package io.keyfold.workflow.saga;

import java.time.Instant;
import java.util.Optional;

/// One cloud resource as a worker reported it.
///
/// @param id     the instance's GUID, the root key's id or the policy's id
/// @param crn    its Cloud Resource Name; empty for policies, which have none
/// @param name   its name; a policy's description
/// @param region where it lives; empty for policies, which are global
public record CloudResource(String id, String crn, String name, String region, Optional<Instant> createdAt) {
}
