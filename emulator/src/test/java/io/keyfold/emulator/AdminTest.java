package io.keyfold.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.ibm.cloud.sdk.core.service.exception.ConflictException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AdminTest {
    private static final String VIEWER = "crn:v1:bluemix:public:iam::::role:Viewer";

    private final EmulatorServer emulator = EmulatorServer.start(EmulatorSettings.usual());
    private final Raw admin = Raw.anonymous(emulator);
    private final Raw raw = Raw.with(emulator, EmulatorSettings.USUAL_API_KEY);

    @AfterEach
    void stop() {
        emulator.close();
    }

    private String seed(String what, String body) {
        var answer = admin.post("/emulator/" + what, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return Raw.json(answer).path("id").asText();
    }

    @Test
    void existing_things_of_a_foreign_creator_are_sown() {
        String instance = seed("instances",
                "{\"name\": \"shared-kms\", \"guid\": \"7b1f3c0e-0000-4000-8000-0000000000aa\", \"region\": \"eu-de\"}");
        String key = seed("keys", "{\"instance\": \"" + instance + "\", \"name\": \"shared-key\"}");
        String policy = seed("policies", "{\"source_service\": \"server-protect\", \"target_instance\": \"" + instance
                + "\", \"description\": \"made by terraform\"}");
        seed("registrations", "{\"instance\": \"" + instance + "\", \"key\": \"" + key
                + "\", \"resource_crn\": \"crn:v1:bluemix:public:is:eu-de::volume:1\"}");

        JsonNode found = Raw.json(raw.get("/v2/resource_instances/" + instance));
        assertThat(found.path("created_by").asText()).startsWith("IBMid-");
        assertThat(found.path("region_id").asText()).isEqualTo("eu-de");
        assertThat(raw.in(instance).delete("/api/v2/keys/" + key).statusCode()).isEqualTo(409);
        assertThat(Raw.json(raw.get("/v1/policies/" + policy)).path("description").asText())
                .isEqualTo("made by terraform");
    }

    @Test
    void things_vanish_behind_everyones_back() {
        String instance = seed("instances", "{\"name\": \"shared-kms\"}");
        String key = seed("keys", "{\"instance\": \"" + instance + "\", \"name\": \"shared-key\"}");
        String policy = seed("policies", "{\"source_service\": \"is\", \"target_instance\": \"" + instance + "\"}");

        assertThat(admin.delete("/emulator/keys/" + key).statusCode()).isEqualTo(204);
        assertThat(raw.in(instance).get("/api/v2/keys/" + key).statusCode()).isEqualTo(410);
        assertThat(admin.delete("/emulator/policies/" + policy).statusCode()).isEqualTo(204);
        assertThat(raw.get("/v1/policies/" + policy).statusCode()).isEqualTo(404);
        assertThat(admin.delete("/emulator/instances/" + instance).statusCode()).isEqualTo(204);
        assertThat(Raw.json(raw.get("/v2/resource_instances/" + instance)).path("state").asText())
                .isEqualTo("removed");
        assertThat(admin.delete("/emulator/instances/none").statusCode()).isEqualTo(404);
    }

    @Test
    void the_state_shows_everything_and_no_secret() {
        IbmClients ibm = IbmClients.of(emulator);
        String instance = ibm.createInstance("hpc-1-kms").getGuid();
        ibm.createRootKey(instance, "hpc-1-key", "kf-1");
        ibm.policies.create(Bodies.fileStorageV1(instance, "kf-1")).execute();

        var answer = admin.get("/emulator/state");
        JsonNode state = Raw.json(answer);
        for (String kind : List.of("instances", "keys", "policies", "api_keys", "resource_groups")) {
            assertThat(state.path(kind)).as(kind).hasSize(1);
        }
        assertThat(state.path("instances").path(0).path("tags").path(0).asText()).isEqualTo("cluster:c1");
        assertThat(answer.body()).doesNotContain(EmulatorSettings.USUAL_API_KEY);
    }

    @Test
    void effects_are_numbered_in_order_and_say_who_did_what() {
        IbmClients ibm = IbmClients.of(emulator);
        String instance = ibm.createInstance("hpc-1-kms").getGuid();
        ibm.createRootKey(instance, "hpc-1-key", "kf-1");
        assertThatThrownBy(() -> ibm.createRootKey(instance, "hpc-1-key", "kf-1"))
                .isInstanceOf(ConflictException.class);

        JsonNode effects = Raw.json(admin.get("/emulator/effects")).path("effects");

        assertThat(effects).extracting(one -> one.path("number").asInt()).containsExactly(1, 2, 3);
        assertThat(effects).extracting(one -> one.path("performed").asBoolean()).containsExactly(true, true, false);
        assertThat(effects).extracting(one -> one.path("status").asInt()).containsExactly(201, 201, 409);
        assertThat(effects).allSatisfy(one -> {
            assertThat(one.path("instance").asText()).isEqualTo(instance);
            assertThat(one.path("iam_id").asText()).startsWith("iam-ServiceId-");
        });
        assertThat(Raw.json(admin.get("/emulator/effects?from=3")).path("effects")).hasSize(1);
        assertThat(Raw.json(admin.get("/emulator/effects?operation=key-protect.create_key&performed=true"))
                .path("effects")).hasSize(1);
    }

    @Test
    void calls_are_counted_by_operation_and_status() {
        raw.get("/v2/resource_instances");
        raw.get("/v2/resource_instances?limit=0");

        JsonNode counts = Raw.json(admin.get("/emulator/counts")).path("resource-controller.list_instances");
        assertThat(counts.path("calls").asInt()).isEqualTo(2);
        assertThat(counts.path("by_status").path("200").asInt()).isEqualTo(1);
        assertThat(counts.path("by_status").path("400").asInt()).isEqualTo(1);
        assertThat(Raw.json(admin.get("/emulator/connections")).path("open").asInt()).isPositive();
    }

    @Test
    void faults_behaviour_and_clock_are_set_and_reset_over_http() {
        seed("instances", "{\"name\": \"shared-kms\"}");
        admin.post("/emulator/faults", "{\"name\": \"down\", \"path\": \"/v2/**\", "
                + "\"fault\": {\"type\": \"status\", \"status\": 503}}");
        assertThat(raw.get("/v2/resource_groups").statusCode()).isEqualTo(503);
        assertThat(Raw.json(admin.get("/emulator/faults")).path(0).path("struck").asInt()).isEqualTo(1);
        assertThat(admin.delete("/emulator/faults/down").statusCode()).isEqualTo(204);
        assertThat(raw.get("/v2/resource_groups").statusCode()).isEqualTo(200);

        admin.call("PUT", "/emulator/behaviour", "{\"provisioning.delay.ms\": 5000}");
        admin.post("/emulator/clock", "{\"advance_ms\": 60000}");
        assertThat(Raw.json(admin.get("/emulator/behaviour")).path("provisioning.delay.ms").asInt()).isEqualTo(5000);
        assertThat(Raw.json(admin.get("/emulator/clock")).path("ahead_ms").asInt()).isEqualTo(60_000);

        assertThat(admin.post("/emulator/reset", "").statusCode()).isEqualTo(204);
        JsonNode state = Raw.json(admin.get("/emulator/state"));
        assertThat(state.path("instances")).isEmpty();
        assertThat(state.path("behaviour").path("provisioning.delay.ms").asInt()).isZero();
        assertThat(Raw.json(admin.get("/emulator/clock")).path("ahead_ms").asInt()).isZero();
        assertThat(raw.get("/v2/resource_groups").statusCode()).isEqualTo(200);
    }

    @Test
    void things_are_changed_behind_everyones_back() {
        String instance = seed("instances", "{\"name\": \"shared-kms\"}");
        String key = seed("keys", "{\"instance\": \"" + instance + "\", \"name\": \"hpc-1-key\"}");
        String policy = seed("policies", "{\"source_service\": \"is\", \"target_instance\": \"" + instance + "\"}");

        assertThat(admin.call("PATCH", "/emulator/keys/" + key, "{\"state\": 2, \"set_for_deletion\": true}")
                .statusCode()).isEqualTo(204);
        JsonNode changed =
                Raw.json(raw.in(instance).get("/api/v2/keys/" + key + "/metadata")).path("resources").path(0);
        assertThat(changed.path("state").asInt()).isEqualTo(2);
        assertThat(changed.path("dualAuthDelete").path("keySetForDeletion").asBoolean()).isTrue();
        assertThat(admin.call("PATCH", "/emulator/keys/" + key, "{}").statusCode()).isEqualTo(400);
        assertThat(admin.call("PATCH", "/emulator/keys/none", "{\"state\": 2}").statusCode()).isEqualTo(404);

        assertThat(
                admin.call("PATCH", "/emulator/policies/" + policy, "{\"roles\": [\"" + VIEWER + "\"]}").statusCode())
                .isEqualTo(204);
        assertThat(Raw.json(raw.get("/v1/policies/" + policy)).path("roles").path(0).path("role_id").asText())
                .isEqualTo(VIEWER);
        assertThat(admin.call("PATCH", "/emulator/policies/" + policy, "{\"roles\": [\"Reader\"]}").body())
                .contains("there is no role Reader: a role is named by its CRN");
        assertThat(admin.call("POST", "/emulator/policies", "{\"source_service\": \"is\", \"roles\": [\"Reader\"]}")
                .statusCode()).isEqualTo(400);

        assertThat(admin.delete("/emulator/keys/" + key + "?purge=true").statusCode()).isEqualTo(204);
        assertThat(raw.in(instance).get("/api/v2/keys/" + key + "/metadata").statusCode()).isEqualTo(404);
        String other = seed("instances", "{\"name\": \"purged-kms\"}");
        String living = seed("keys", "{\"instance\": \"" + other + "\", \"name\": \"purged-key\"}");
        assertThat(admin.delete("/emulator/keys/" + living + "?purge=true").statusCode()).isEqualTo(204);
        assertThat(raw.delete("/v2/resource_instances/" + other).statusCode()).as("no key is left in it")
                .isEqualTo(204);
        assertThat(admin.delete("/emulator/instances/" + instance + "?restorable=true").statusCode()).isEqualTo(204);
        assertThat(Raw.json(raw.get("/v2/resource_instances/" + instance)).path("state").asText())
                .isEqualTo("pending_reclamation");
    }

    @Test
    @Tag("case-116")
    @Tag("case-125")
    void a_web_page_cannot_reach_it() {
        assertThat(admin.withHeader("Origin", "https://example.com").post("/emulator/reset", "").statusCode())
                .isEqualTo(403);
    }

    @Test
    void what_is_wrong_with_an_admin_call_is_said() {
        assertThat(admin.post("/emulator/faults", "{}").statusCode()).isEqualTo(400);
        assertThat(admin.post("/emulator/instances", "{}").body()).contains("name is missing");
        assertThat(admin.call("PUT", "/emulator/behaviour", "{\"x\": 1}").body()).contains("known are");
        assertThat(admin.post("/emulator/keys", "{\"instance\": \"none\", \"name\": \"x\"}").statusCode())
                .isEqualTo(400);
        assertThat(admin.post("/emulator/api-keys", "{\"api_key\": \"k\", \"name\": \"n\", \"roles\": [\"King\"]}")
                .body()).contains("there is no role King");
        assertThat(admin.get("/emulator/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void of_many_creates_at_once_with_one_alias_exactly_one_succeeds() throws InterruptedException {
        String instance = IbmClients.of(emulator).createInstance("hpc-1-kms").getGuid();
        Callable<Integer> create = () -> raw.in(instance).post("/api/v2/keys", Bodies.rootKey("same", "kf-1"))
                .statusCode();
        List<Integer> statuses = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> done : threads.invokeAll(IntStream.range(0, 40).mapToObj(_ -> create).toList())) {
                statuses.add(result(done));
            }
        }
        assertThat(statuses).containsOnly(201, 409).containsOnlyOnce(201);
        assertThat(emulator.cloud().effects().all()).filteredOn(effect -> effect.performed()
                && effect.operation().equals("key-protect.create_key")).hasSize(1);
    }

    private static int result(Future<Integer> done) throws InterruptedException {
        try {
            return done.get();
        } catch (ExecutionException failed) {
            throw new AssertionError(failed);
        }
    }
}
