package io.keyfold.cli.audit;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.audit.CloudEvidence.Effect;
import io.keyfold.audit.CloudEvidence.Thing;
import io.keyfold.contract.ResourceKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/// What an emulator's admin API says of things and calls, as evidence. Of others' accounts it says nothing.
///
/// Ours is what a service ID has made: the emulator is taken to be this installation's alone.
public final class EmulatorEvidence {
    private static final Set<String> STANDING = Set.of("active", "provisioning", "inactive");
    private static final int DESTROYED = 5;
    private static final int ACTIVE = 1;

    private final Map<String, String> accounts;
    private final Function<String, String> clusterOf;

    /// @param accounts  the aliases of the accounts by their ids
    /// @param clusterOf whose a thing is by its mark; empty if that is not known
    public EmulatorEvidence(Map<String, String> accounts, Function<String, String> clusterOf) {
        this.accounts = Map.copyOf(accounts);
        this.clusterOf = clusterOf;
    }

    /// @param effects calls as `GET /emulator/effects` lists them
    public List<Effect> effects(Iterable<JsonNode> effects) {
        List<Effect> found = new ArrayList<>();
        for (JsonNode effect : effects) {
            String operation = text(effect, "operation");
            if (accounts.containsKey(text(effect, "account"))
                    && operation.matches(".*\\.(create|delete)_(instance|key|policy)")) {
                found.add(
                        new Effect(
                                effect.path("number").asLong(), Instant.parse(text(effect, "time")),
                                alias(text(effect, "account")), isProgram(text(effect, "iam_id")),
                                operation.contains(".delete_"), operation, text(effect, "resource"),
                                text(effect, "instance"), text(effect, "fault")));
            }
        }
        return found;
    }

    /// @param state as `GET /emulator/state` shows it
    public List<Thing> things(JsonNode state) {
        var accountOf = new HashMap<String, String>();
        List<Thing> things = new ArrayList<>();
        for (JsonNode instance : state.path("instances")) {
            accountOf.put(text(instance, "guid"), text(instance, "account_id"));
            String is = text(instance, "state");
            things.add(
                    new Thing(
                            ResourceKind.KMS_INSTANCE, text(instance, "guid"), text(instance, "name"), List.of(),
                            alias(text(instance, "account_id")), "", isProgram(text(instance, "created_by")),
                            STANDING.contains(is), is.equals("active")));
        }
        for (JsonNode key : state.path("keys")) {
            List<String> aliases = StreamSupport.stream(key.path("aliases").spliterator(), false)
                    .map(JsonNode::asText).toList();
            int is = key.path("state").asInt();
            things.add(
                    new Thing(
                            ResourceKind.ROOT_KEY, text(key, "id"), text(key, "name"), aliases,
                            alias(accountOf.getOrDefault(text(key, "instance"), "")), clusterOf(aliases),
                            isProgram(text(key, "createdBy")), is != DESTROYED, is == ACTIVE));
        }
        for (JsonNode policy : state.path("policies")) {
            String description = text(policy, "description");
            List<String> marks = description.isEmpty() ? List.of() : List.of(description);
            things.add(
                    new Thing(
                            ResourceKind.AUTHORIZATION_POLICY, text(policy, "id"), "authorization", marks,
                            alias(text(policy, "account_id")), clusterOf(marks),
                            isProgram(text(policy, "created_by_id")), !text(policy, "state").equals("deleted"),
                            true));
        }
        return things.stream().filter(thing -> accounts.containsValue(thing.account())).toList();
    }

    private String clusterOf(List<String> marks) {
        return marks.stream().map(clusterOf).filter(cluster -> !cluster.isEmpty()).findFirst().orElse("");
    }

    private String alias(String accountId) {
        return accounts.getOrDefault(accountId, "");
    }

    /// IBM's ids of programs begin so: of service IDs, and of the trusted profiles of containers.
    private static boolean isProgram(String iamId) {
        return iamId.startsWith("iam-ServiceId-") || iamId.startsWith("iam-Profile-");
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText("");
    }
}
