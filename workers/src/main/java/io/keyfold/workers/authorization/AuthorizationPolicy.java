package io.keyfold.workers.authorization;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// An authorization as IAM has it.
///
/// @param source         empty where its subject is of a shape that we do not make (a resource group, say)
/// @param targetInstance the GUID of the target instance; empty for all of a service
/// @param roles          CRNs of the roles, known and unknown ones
/// @param description    where our mark is
/// @param state          what IAM says of it, such as `active`; empty where it says nothing
/// @param subject        all that narrows the source, by name; `*` and `?` stand for any text. Our own account is left out
/// @param object         the same of the target
public record AuthorizationPolicy(
        String id,
        Optional<AuthorizationSource> source,
        String targetService,
        Optional<String> targetInstance,
        Set<String> roles,
        String description,
        Optional<Instant> createdAt,
        Optional<String> state,
        Map<String, String> subject,
        Map<String, String> object) {
    public AuthorizationPolicy {
        roles = Set.copyOf(roles);
        subject = Map.copyOf(subject);
        object = Map.copyOf(object);
    }
}
