package io.keyfold.workers.authorization;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What an authorization lets its source do with the instance.
public enum AuthorizationRole {
    /// Wrap and unwrap with its keys, and register what they protect.
    READER("Reader", "crn:v1:bluemix:public:iam::::serviceRole:Reader"),
    /// Pass the right on to services that the source depends on.
    AUTHORIZATION_DELEGATOR("Authorization Delegator", "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator");

    private static final String SERVICE_ROLE = "crn:v1:bluemix:public:iam::::serviceRole:";
    private static final List<String> KEY_PROTECT_ROLES_ABOVE_READER = List.of("ReaderPlus", "Writer", "Manager");

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

    /// Whether these roles let a source do what this one does. Key Protect's roles each include the one before: Reader,
    /// ReaderPlus, Writer, Manager. Nothing includes a delegation.
    boolean isCoveredBy(Set<String> roleCrns) {
        return roleCrns.contains(crn)
                || this == READER && KEY_PROTECT_ROLES_ABOVE_READER.stream()
                        .anyMatch(name -> roleCrns.contains(SERVICE_ROLE + name));
    }

    public static Optional<AuthorizationRole> named(String displayName) {
        return Arrays.stream(values()).filter(role -> role.displayName.equals(displayName)).findFirst();
    }
}
