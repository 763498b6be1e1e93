package io.keyfold.workers.authorization;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// An authorization as IAM has it.
///
/// @param source         empty where its subject is of a shape that we do not make (a resource group, say)
/// @param targetInstance the GUID of the target instance; empty for all of a service
/// @param roles          CRNs of the roles, known and unknown ones
/// @param description    where our mark is
public record AuthorizationPolicy(
        String id,
        Optional<AuthorizationSource> source,
        String targetService,
        Optional<String> targetInstance,
        Set<String> roles,
        String description,
        Optional<Instant> createdAt) {
    public AuthorizationPolicy {
        roles = Set.copyOf(roles);
    }
}
