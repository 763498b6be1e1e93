package io.keyfold.workers.authorization;

import java.util.Arrays;
import java.util.Optional;

/// What an authorization lets its source do with the instance.
public enum AuthorizationRole {
    /// Wrap and unwrap with its keys, and register what they protect.
    READER("Reader", "crn:v1:bluemix:public:iam::::serviceRole:Reader"),
    /// Pass the right on to services that the source depends on.
    AUTHORIZATION_DELEGATOR("Authorization Delegator", "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator");

    private final String displayName;
    private final String crn;

    AuthorizationRole(String displayName, String crn) {
        this.displayName = displayName;
        this.crn = crn;
    }

    public String displayName() {
        return displayName;
    }

    public String crn() {
        return crn;
    }

    public static Optional<AuthorizationRole> named(String displayName) {
        return Arrays.stream(values()).filter(role -> role.displayName.equals(displayName)).findFirst();
    }
}
