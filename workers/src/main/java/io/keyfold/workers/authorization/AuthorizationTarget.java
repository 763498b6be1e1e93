package io.keyfold.workers.authorization;

import io.keyfold.workers.step.InstanceAddress;
import java.util.List;

/// The authorization that a command is about: the source may use the keys of the instance.
public record AuthorizationTarget(AuthorizationSource source, InstanceAddress instance, List<AuthorizationRole> roles) {
    public AuthorizationTarget {
        roles = List.copyOf(roles);
    }
}
