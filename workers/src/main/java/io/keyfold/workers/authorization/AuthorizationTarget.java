package io.keyfold.workers.authorization;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import io.keyfold.workers.step.InstanceAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The authorization that a command is about: the source may use the keys of the instance.
public record AuthorizationTarget(AuthorizationSource source, InstanceAddress instance, List<AuthorizationRole> roles) {
    private static final String SERVICE = "serviceName";
    private static final String INSTANCE = "serviceInstance";

    public AuthorizationTarget {
        roles = List.copyOf(roles);
    }

    /// Whether an authorization that IAM holds for the wanted one, or for a broader one, is what was asked for. IAM is
    /// believed that it covers the source and its use of the keys; but nothing covers a delegation except its role.
    boolean isMetBy(AuthorizationPolicy policy) {
        return !roles.contains(AuthorizationRole.AUTHORIZATION_DELEGATOR)
                || policy.roles().contains(AuthorizationRole.AUTHORIZATION_DELEGATOR.crn());
    }

    /// Whether the policy is for this very source and grants these roles and no others.
    boolean isExactly(AuthorizationPolicy policy) {
        return policy.source().equals(Optional.of(source))
                && policy.roles().equals(roles.stream().map(AuthorizationRole::crn).collect(toSet()));
    }

    /// What keeps the policy from covering this, in words; none where it covers this and more.
    List<String> differencesOf(AuthorizationPolicy policy) {
        List<String> differences = new ArrayList<>();
        policy.state()
                .filter(state -> !state.equals("active"))
                .ifPresent(state -> differences.add("It should be active, and is " + state + "."));
        Map<String, String> wantedSource = new TreeMap<>(Map.of(SERVICE, source.serviceName()));
        source.resourceType().ifPresent(type -> wantedSource.put("resourceType", type));
        source.serviceInstance().ifPresent(guid -> wantedSource.put(INSTANCE, guid));
        differences.addAll(narrower("source", wantedSource, policy.subject()));
        differences.addAll(narrower(
                "target", new TreeMap<>(Map.of(SERVICE, "kms", INSTANCE, instance.guid())), policy.object()));
        for (AuthorizationRole role : roles) {
            if (!role.isCoveredBy(policy.roles())) {
                differences.add("It should grant the role " + role.displayName() + ", and grants "
                        + (policy.roles().isEmpty() ? "none" : "only " + names(policy.roles())) + ".");
            }
        }
        return differences;
    }

    /// An attribute that a policy does not have narrows nothing.
    private static List<String> narrower(String side, Map<String, String> wanted, Map<String, String> is) {
        if (is.isEmpty()) {
            return List.of("Its " + side + " should be " + words(wanted) + ", and IAM names none.");
        }
        boolean covers = is.entrySet().stream().allMatch(attribute -> Optional.ofNullable(
                wanted.get(attribute.getKey()))
                .map(value -> matches(attribute.getValue(), value))
                .orElse(attribute.getValue().equals("*")));
        return covers
                ? List.of()
                : List.of("Its " + side + " should be " + words(wanted) + ", and is " + words(new TreeMap<>(is)) + ".");
    }

    private static boolean matches(String pattern, String value) {
        String expression = Pattern.quote(pattern).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q");
        return Pattern.matches(expression, value);
    }

    private static String words(Map<String, String> attributes) {
        return attributes.entrySet().stream()
                .map(attribute -> attribute.getKey() + " " + attribute.getValue())
                .collect(joining(", "));
    }

    private static String names(Set<String> roleCrns) {
        return roleCrns.stream().map(crn -> crn.substring(crn.lastIndexOf(':') + 1)).sorted().collect(joining(", "));
    }
}
