package io.keyfold.workers.step;

import java.time.Instant;
import java.util.Optional;

/// One cloud resource, as answers name it.
///
/// @param id         the instance's GUID, the root key's id or the policy's id
/// @param crn        empty for policies, which have none
/// @param name       for a policy its description
/// @param instanceId the GUID of the Key Protect instance that it is, lies in or is an authorization on
/// @param region     of that instance
public record Resource(
        String id, String crn, String name, String instanceId, String region, Optional<Instant> createdAt) {

    /// One of which nothing but the id is known any more.
    public static Resource ofId(String id, String instanceId, String region) {
        return new Resource(id, "", "", instanceId, region, Optional.empty());
    }
}
