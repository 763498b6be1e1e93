package io.keyfold.workers.authorization;

import java.util.List;

/// An authorization to create: the source may use the keys of the Key Protect instance.
///
/// @param description our mark
public record NewAuthorization(
        AuthorizationSource source, String instanceGuid, List<AuthorizationRole> roles, String description) {
    public NewAuthorization {
        roles = List.copyOf(roles);
    }
}
