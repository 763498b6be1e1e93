package io.keyfold.workers.authorization;

import io.keyfold.workers.step.InstanceAddress;
import java.util.List;

/// The authorization that a command is about: the source may use the keys of the instance.
public record AuthorizationTarget(AuthorizationSource source, InstanceAddress instance, List<AuthorizationRole> roles) {
    public AuthorizationTarget {
        roles = List.copyOf(roles);
    }

    /// Whether an authorization that IAM holds for the wanted one, or for a broader one, is what was asked for. IAM is
    /// believed that it covers the source and its use of the keys; but nothing covers a delegation except its role.
    boolean isMetBy(AuthorizationPolicy policy) {
        return !roles.contains(AuthorizationRole.AUTHORIZATION_DELEGATOR)
                || policy.roles().contains(AuthorizationRole.AUTHORIZATION_DELEGATOR.crn());
    }
}
