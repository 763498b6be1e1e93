package io.keyfold.workflow.saga;

import java.time.Instant;
import java.util.Optional;

/// One cloud resource as a worker reported it.
///
/// @param id         the instance's GUID, the root key's id or the policy's id
/// @param crn        its Cloud Resource Name; empty for policies, which have none
/// @param name       its name; a policy's description
/// @param instanceId GUID of the Key Protect instance that it is, lies in or is an authorization on
/// @param region     region of that instance
public record CloudResource(
        String id, String crn, String name, String instanceId, String region, Optional<Instant> createdAt) {}
