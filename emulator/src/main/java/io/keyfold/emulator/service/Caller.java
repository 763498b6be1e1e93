package io.keyfold.emulator.service;

import java.util.Set;

/// Whose API key a token was given for.
///
/// @param name what the tests call the key; never the key itself
/// @param iamId of the service ID, as it stands in `created_by`
public record Caller(String name, String iamId, String account, Set<Role> roles) {

    public Caller {
        roles = Set.copyOf(roles);
    }

    public boolean hasAny(Role... wanted) {
        for (Role role : wanted) {
            if (roles.contains(role)) {
                return true;
            }
        }
        return false;
    }
}
