package io.keyfold.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/// The emulated IBM Cloud as its admin API shows it.
final class Cloud {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;

    Cloud(String url) {
        this.url = url;
    }

    String url() {
        return url;
    }

    JsonNode state() {
        return call("GET", "/emulator/state", "");
    }

    /// The names of the live instances, in order.
    List<String> instances(String name) {
        return all("instances").stream()
                .filter(instance -> instance.path("name").asText().equals(name))
                .filter(instance -> List.of("active", "provisioning", "inactive").contains(
                        instance.path("state").asText()))
                .map(Cloud::guid).toList();
    }

    /// The ids of the keys of this name that are not destroyed.
    List<String> keys(String name) {
        return all("keys").stream().filter(key -> key.path("name").asText().equals(name))
                .filter(key -> key.path("state").asInt() != 5).map(key -> key.path("id").asText()).toList();
    }

    /// The GUID of the instance in which a key is.
    String instanceOf(String key) {
        return all("keys").stream().filter(one -> one.path("id").asText().equals(key))
                .map(one -> one.path("instance").asText()).findFirst().orElseThrow();
    }

    /// Whether the material of a key was imported.
    boolean isImported(String key) {
        return all("keys").stream().filter(one -> one.path("id").asText().equals(key))
                .allMatch(one -> one.path("imported").asBoolean());
    }

    /// The ids of the live policies whose JSON has this text in it, such as an instance or a run's mark.
    List<String> policiesOn(String text) {
        return all("policies").stream().filter(policy -> policy.toString().contains(text))
                .filter(policy -> !policy.path("state").asText("active").equals("deleted"))
                .map(policy -> policy.path("id").asText()).toList();
    }

    /// Makes an API key known, and its account with it.
    void addApiKey(String key, String name, String account) {
        call(
                "POST", "/emulator/api-keys",
                "{\"api_key\":\"" + key + "\",\"name\":\"" + name + "\",\"account\":\"" + account + "\"}");
    }

    /// Makes a trusted profile known, or another container's token the one that opens it.
    void addProfile(String name, String containerToken, String account) {
        call(
                "POST", "/emulator/profiles",
                "{\"name\":\"" + name + "\",\"cr_token\":\"" + containerToken + "\",\"account\":\"" + account + "\"}");
    }

    String seedInstance(String name) {
        return call("POST", "/emulator/instances", "{\"name\":\"" + name + "\",\"region\":\"us-south\"}").path("id")
                .asText();
    }

    /// @param account the account's id
    String seedInstance(String name, String account) {
        return call(
                "POST", "/emulator/instances",
                "{\"name\":\"" + name + "\",\"region\":\"us-south\",\"account\":\"" + account + "\"}").path("id")
                .asText();
    }

    String seedKey(String instance, String name) {
        return call("POST", "/emulator/keys", "{\"instance\":\"" + instance + "\",\"name\":\"" + name + "\"}")
                .path("id").asText();
    }

    String seedPolicy(String instance, String source, String resourceType) {
        return seedPolicy(instance, source, resourceType, "0123456789abcdef0123456789abcdef");
    }

    /// @param account the account's id
    String seedPolicy(String instance, String source, String resourceType, String account) {
        return call(
                "POST", "/emulator/policies",
                "{\"account\":\"" + account + "\",\"target_instance\":\"" + instance + "\",\"source_service\":\""
                        + source + "\""
                        + (resourceType.isEmpty() ? "" : ",\"source_resource_type\":\"" + resourceType + "\"") + "}")
                .path("id").asText();
    }

    /// An instance that this creator has made in this account.
    String seedInstance(String account, String name, String createdBy) {
        return call(
                "POST", "/emulator/instances",
                "{\"account\":\"" + account + "\",\"name\":\"" + name + "\",\"region\":\"us-south\",\"created_by\":\""
                        + createdBy + "\"}")
                .path("id").asText();
    }

    String seedMarkedKey(String instance, String name, String alias) {
        return call(
                "POST", "/emulator/keys",
                "{\"instance\":\"" + instance + "\",\"name\":\"" + name + "\",\"aliases\":[\"" + alias + "\"]}")
                .path("id").asText();
    }

    /// An authorization of Object Storage with this description.
    String seedMarkedPolicy(String account, String instance, String description) {
        return call(
                "POST", "/emulator/policies",
                "{\"account\":\"" + account + "\",\"target_instance\":\"" + instance
                        + "\",\"source_service\":\"cloud-object-storage\",\"source_instance\":\"some-cos\",\"description\":\""
                        + description + "\"}")
                .path("id").asText();
    }

    /// Who has created an instance.
    String creatorOf(String instance) {
        return all("instances").stream().filter(one -> guid(one).equals(instance))
                .map(one -> one.path("created_by").asText()).findFirst().orElseThrow();
    }

    /// What time it is in the cloud moves; negative to move it back.
    void advance(Duration by) {
        call("POST", "/emulator/clock", "{\"advance_ms\":" + by.toMillis() + "}");
    }

    /// Something begins to depend on the key.
    void register(String instance, String key, String resourceCrn) {
        call(
                "POST", "/emulator/registrations",
                "{\"instance\":\"" + instance + "\",\"key\":\"" + key + "\",\"resource_crn\":\"" + resourceCrn
                        + "\"}");
    }

    /// Somebody deletes the key.
    void destroyKey(String key) {
        call("DELETE", "/emulator/keys/" + key, "");
    }

    void unregister(String resourceCrn) {
        call("DELETE", "/emulator/registrations/" + URLEncoder.encode(resourceCrn, StandardCharsets.UTF_8), "");
    }

    // ---- what there was in another emulator

    /// Makes what is there in a state that another emulator has shown, with the ids that it had.
    void restore(JsonNode state) {
        state.path("instances").forEach(instance -> restore(
                "instances", instance, Map.of("guid", "guid", "name", "name", "created_by", "created_by")));
        state.path("keys").forEach(key -> {
            if (key.path("state").asInt() != 5) {
                restore(
                        "keys", key, Map.of(
                                "id", "id", "instance", "instance", "name", "name", "aliases", "aliases", "state",
                                "state",
                                "created_by", "createdBy"));
            }
        });
        state.path("registrations").forEach(
                registration -> register(
                        registration.path("instance").asText(), registration.path("keyId").asText(),
                        registration.path("resourceCrn").asText()));
        state.path("policies").forEach(this::restorePolicy);
    }

    /// @param fields of the seed, and what the state calls each
    private void restore(String what, JsonNode shown, Map<String, String> fields) {
        var seed = JSON.createObjectNode();
        fields.forEach((field, name) -> {
            if (shown.has(name)) {
                seed.set(field, shown.path(name));
            }
        });
        call("POST", "/emulator/" + what, seed.toString());
    }

    private void restorePolicy(JsonNode policy) {
        JsonNode subject = policy.path("subjects").path(0);
        JsonNode target = policy.path("resources").path(0);
        var seed = JSON.createObjectNode().put("id", policy.path("id").asText())
                .put("description", policy.path("description").asText())
                .put("created_by", policy.path("created_by_id").asText())
                .put("source_service", attribute(subject, "serviceName"))
                .put("source_resource_type", attribute(subject, "resourceType"))
                .put("target_instance", attribute(target, "serviceInstance"));
        call("POST", "/emulator/policies", seed.toString());
    }

    private static String attribute(JsonNode side, String name) {
        return StreamSupport.stream(side.path("attributes").spliterator(), false)
                .filter(attribute -> attribute.path("name").asText().equals(name))
                .map(attribute -> attribute.path("value").asText()).findFirst().orElse("");
    }

    // ---- behind everybody's back

    void deletePolicy(String id) {
        call("DELETE", "/emulator/policies/" + id, "");
    }

    /// @param state by Key Protect's numbers: 1 active, 2 suspended, 5 destroyed
    void setKeyState(String id, int state) {
        call("PATCH", "/emulator/keys/" + id, "{\"state\":" + state + "}");
    }

    /// The key is destroyed, and nothing of it can be restored.
    void purgeKey(String id) {
        call("DELETE", "/emulator/keys/" + id + "?purge=true", "");
    }

    /// Adds a fault rule, or an array of them, in the emulator's own JSON (docs/emulator.md).
    void fault(String rules) {
        call("POST", "/emulator/faults", rules);
    }

    /// Whether a call has met the fault rule of this name, even one that is still under way.
    boolean hasStruck(String rule) {
        return StreamSupport.stream(call("GET", "/emulator/faults", "").spliterator(), false)
                .anyMatch(fault -> fault.path("name").asText().equals(rule) && fault.path("struck").asLong() > 0);
    }

    /// How often each operation was called, and how many of its calls met a fault.
    JsonNode counts() {
        return call("GET", "/emulator/counts", "");
    }

    /// How many calls have met any of the fault rules that are in force.
    long struck() {
        return StreamSupport.stream(call("GET", "/emulator/faults", "").spliterator(), false)
                .mapToLong(fault -> fault.path("struck").asLong()).sum();
    }

    /// No token given before is valid any more.
    void expireTokens() {
        call("POST", "/emulator/expire-tokens", "");
    }

    void noMoreFault(String rule) {
        call("DELETE", "/emulator/faults/" + rule, "");
    }

    void noMoreFaults() {
        call("DELETE", "/emulator/faults", "");
    }

    /// The mutating calls that took effect, from a number on, in order.
    List<JsonNode> effects(long from) {
        var found = new ArrayList<JsonNode>();
        call("GET", "/emulator/effects?performed=true&from=" + from, "").path("effects").forEach(found::add);
        return found;
    }

    long lastEffect() {
        return call("GET", "/emulator/effects?from=9999999", "").path("last").asLong();
    }

    int openConnections() {
        return call("GET", "/emulator/connections", "").path("open").asInt();
    }

    private List<JsonNode> all(String what) {
        return StreamSupport.stream(state().path(what).spliterator(), false).toList();
    }

    private static String guid(JsonNode instance) {
        return instance.path("guid").asText(instance.path("id").asText());
    }

    private JsonNode call(String method, String path, String body) {
        try {
            var request = HttpRequest.newBuilder(URI.create(url + path))
                    .method(method, HttpRequest.BodyPublishers.ofString(body)).build();
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw new AssertionError(method + " " + path + ": " + response.statusCode() + " " + response.body());
            }
            return response.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(response.body());
        } catch (IOException e) {
            throw new IllegalStateException("The emulator does not answer " + method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }
}
