package io.keyfold.emulator.iam;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// An access policy, the same for both versions of the API.
///
/// @param type `authorization` (between services) or `access`
/// @param roles CRNs of the roles
/// @param visibleFrom before that it cannot be read yet
/// @param readsFirst the version of the API by which it was made
record Policy(String id, String account, String type, String description, List<Attribute> subject,
        List<Attribute> resource, List<String> roles, Instant created, String createdBy, Instant visibleFrom,
        boolean deleted, Version readsFirst) {

    enum Version {
        V1, V2
    }

    record Attribute(String name, String value, String operator) {}

    Policy {
        subject = List.copyOf(subject);
        resource = List.copyOf(resource);
        roles = List.copyOf(roles);
    }

    Policy deletedNow() {
        return new Policy(id, account, type, description, subject, resource, roles, created, createdBy, visibleFrom,
                true, readsFirst);
    }

    Policy granting(List<String> changed) {
        return new Policy(id, account, type, description, subject, resource, changed, created, createdBy, visibleFrom,
                deleted, readsFirst);
    }

    /// Same attributes and roles, in whatever order.
    boolean sameGrant(Policy other) {
        return type.equals(other.type) && Set.copyOf(subject).equals(Set.copyOf(other.subject))
                && Set.copyOf(resource).equals(Set.copyOf(other.resource))
                && Set.copyOf(roles).equals(Set.copyOf(other.roles));
    }

    /// Grants at least what the other grants: every attribute that narrows this one narrows the other too.
    boolean covers(Policy other) {
        return type.equals(other.type) && Set.copyOf(other.subject).containsAll(subject)
                && Set.copyOf(other.resource).containsAll(resource) && Set.copyOf(roles).containsAll(other.roles);
    }

    String value(List<Attribute> attributes, String name) {
        return attributes.stream().filter(attribute -> attribute.name.equals(name)).map(Attribute::value)
                .collect(Collectors.joining(","));
    }

    String etag() {
        return "1-" + String.format("%08x%08x", id.hashCode(), description.hashCode() + roles.hashCode())
                + id.replace("-", "").substring(16);
    }
}
