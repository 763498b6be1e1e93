package io.keyfold.emulator.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// How the emulated services behave where IBM's differ from time to time or are not documented. Can change while running.
///
/// @param tokenLifetime of an IAM token
/// @param provisioning how long a new instance is `provisioning` before it is `active`
/// @param policyInvisible how long a new policy answers 404 after its 201
/// @param listStale how old lists of instances, keys and policies are
/// @param destroyedKeyHoldsAlias whether the alias of a key in state 5 stays taken
/// @param broaderPolicyConflicts whether a policy that an existing, broader one covers is a duplicate
/// @param instanceWithKeysStatus the status of the refusal to delete an instance that still has keys
/// @param restoreWait how long a deleted key cannot be restored, nor a disabled one enabled
/// @param rotationInterval how long after a rotation the next is refused
public record Behaviour(Duration tokenLifetime, Duration provisioning, Duration policyInvisible, Duration listStale,
        boolean destroyedKeyHoldsAlias, boolean broaderPolicyConflicts, int instanceWithKeysStatus, int mostInstances,
        int mostKeysPerInstance, int mostPolicies, Duration restoreWait, Duration rotationInterval) {

    /// The names under which settings and admin API know these, with what they are when nobody says otherwise.
    public static final Map<String, Object> DEFAULTS = Map.ofEntries(Map.entry("token.lifetime.ms", 3_600_000L),
            Map.entry("provisioning.delay.ms", 0L), Map.entry("policy.visibility.delay.ms", 0L),
            Map.entry("list.staleness.ms", 0L), Map.entry("destroyed.key.holds.alias", false),
            Map.entry("broader.policy.conflicts", true), Map.entry("instance.with.keys.status", 409L),
            Map.entry("quota.instances", 100_000L), Map.entry("quota.keys.per.instance", 100_000L),
            Map.entry("quota.policies", 100_000L), Map.entry("restore.wait.ms", 30_000L),
            Map.entry("rotation.interval.ms", 3_600_000L));

    public static Behaviour usual() {
        return of(DEFAULTS);
    }

    /// From all of the values by name.
    public static Behaviour of(Map<String, Object> values) {
        return new Behaviour(millis(values, "token.lifetime.ms"), millis(values, "provisioning.delay.ms"),
                millis(values, "policy.visibility.delay.ms"), millis(values, "list.staleness.ms"),
                flag(values, "destroyed.key.holds.alias"), flag(values, "broader.policy.conflicts"),
                number(values, "instance.with.keys.status"), number(values, "quota.instances"),
                number(values, "quota.keys.per.instance"), number(values, "quota.policies"),
                millis(values, "restore.wait.ms"), millis(values, "rotation.interval.ms"));
    }

    public Map<String, Object> values() {
        Map<String, Object> values = new TreeMap<>();
        values.put("token.lifetime.ms", tokenLifetime.toMillis());
        values.put("provisioning.delay.ms", provisioning.toMillis());
        values.put("policy.visibility.delay.ms", policyInvisible.toMillis());
        values.put("list.staleness.ms", listStale.toMillis());
        values.put("destroyed.key.holds.alias", destroyedKeyHoldsAlias);
        values.put("broader.policy.conflicts", broaderPolicyConflicts);
        values.put("instance.with.keys.status", (long) instanceWithKeysStatus);
        values.put("quota.instances", (long) mostInstances);
        values.put("quota.keys.per.instance", (long) mostKeysPerInstance);
        values.put("quota.policies", (long) mostPolicies);
        values.put("restore.wait.ms", restoreWait.toMillis());
        values.put("rotation.interval.ms", rotationInterval.toMillis());
        return values;
    }

    /// This behaviour with what the JSON object names changed.
    public Behaviour changed(JsonNode changes) {
        Map<String, Object> values = new TreeMap<>(values());
        changes.properties().forEach(change -> {
            Object old = values.get(change.getKey());
            JsonNode given = change.getValue();
            if (old instanceof Long && given.isIntegralNumber() && given.longValue() >= 0) {
                values.put(change.getKey(), given.longValue());
            } else if (old instanceof Boolean && given.isBoolean()) {
                values.put(change.getKey(), given.booleanValue());
            } else {
                throw new IllegalArgumentException(change.getKey() + ": " + given + " is not allowed; known are "
                        + String.join(", ", values.keySet()) + " with numbers from 0 and true or false");
            }
        });
        return of(values);
    }

    public ObjectNode json() {
        ObjectNode json = Json.object();
        values().forEach((name, value) -> json.putPOJO(name, value));
        return json;
    }

    private static Duration millis(Map<String, Object> values, String name) {
        return Duration.ofMillis(value(values, name, Long.class));
    }

    private static int number(Map<String, Object> values, String name) {
        return Math.toIntExact(value(values, name, Long.class));
    }

    private static boolean flag(Map<String, Object> values, String name) {
        return value(values, name, Boolean.class);
    }

    private static <T> T value(Map<String, Object> values, String name, Class<T> type) {
        Object value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return type.cast(value);
    }
}
