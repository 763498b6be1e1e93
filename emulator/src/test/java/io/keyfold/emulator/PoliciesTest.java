package io.keyfold.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.ibm.cloud.sdk.core.service.exception.ConflictException;
import com.ibm.cloud.sdk.core.service.exception.ForbiddenException;
import com.ibm.cloud.sdk.core.service.exception.NotFoundException;
import io.keyfold.emulator.service.Role;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PoliciesTest {

    private static final String INSTANCE = "7b1f3c0e-0000-4000-8000-0000000000aa";
    private static final String LIST = "/v1/policies?account_id=" + Bodies.ACCOUNT + "&type=authorization";

    private final EmulatorServer emulator = EmulatorServer.start(EmulatorSettings.usual());
    private final IbmClients ibm = IbmClients.of(emulator);
    private final Raw raw = Raw.with(emulator, EmulatorSettings.USUAL_API_KEY);

    @AfterEach
    void stop() {
        emulator.close();
    }

    private String create(String mark) {
        return ibm.policies.create(Bodies.fileStorageV1(INSTANCE, mark)).execute().getResult().get("id").getAsString();
    }

    @Test
    void an_authorization_is_created_read_and_deleted() {
        var created = ibm.policies.create(Bodies.fileStorageV1(INSTANCE, "kf-1")).execute();
        String id = created.getResult().get("id").getAsString();

        assertThat(created.getStatusCode()).isEqualTo(201);
        assertThat(created.getHeaders().values("ETag")).isNotEmpty();
        JsonObject read = ibm.policies.get(id).execute().getResult();
        assertThat(read).isEqualTo(created.getResult());
        assertThat(read.get("description").getAsString()).isEqualTo("kf-1");
        assertThat(read.get("state").getAsString()).isEqualTo("active");
        assertThat(read.get("created_by_id").getAsString()).startsWith("iam-ServiceId-");
        assertThat(ibm.policies.delete(id).execute().getStatusCode()).isEqualTo(204);
        assertThatThrownBy(() -> ibm.policies.get(id).execute()).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> ibm.policies.delete(id).execute()).isInstanceOf(NotFoundException.class);
    }

    @Test
    void a_duplicate_names_the_policy_it_conflicts_with_whole() {
        String id = create("theirs");

        assertThatThrownBy(() -> create("ours")).isInstanceOfSatisfying(ConflictException.class, conflict -> {
            JsonObject error = JsonParser.parseString(conflict.getResponseBody()).getAsJsonObject()
                    .getAsJsonArray("errors").get(0).getAsJsonObject();
            JsonObject existing = error.getAsJsonObject("details").getAsJsonObject("conflicts_with")
                    .getAsJsonObject("policy");
            assertThat(error.get("code").getAsString()).isEqualTo("policy_conflict_error");
            assertThat(existing.get("id").getAsString()).isEqualTo(id);
            assertThat(existing.get("description").getAsString()).isEqualTo("theirs");
        });
    }

    @Test
    void a_broader_policy_makes_a_narrower_one_a_duplicate_unless_it_shall_not() {
        seedAccountWide();

        assertThatThrownBy(() -> create("narrow")).isInstanceOf(ConflictException.class);
        emulator.cloud().cloud().behave(emulator.cloud().cloud().behaviour()
                .changed(Raw.tree("{\"broader.policy.conflicts\": false}")));
        assertThat(create("narrow")).isNotEmpty();
    }

    private void seedAccountWide() {
        emulator.cloud().policies().seedAuthorization(Bodies.ACCOUNT, "IBMid-1", "is", "share", "", "",
                List.of(Bodies.READER), "");
    }

    @Test
    void a_narrower_policy_is_no_obstacle_to_a_broader_one() {
        create("narrow");
        String body = Bodies.fileStorageV1(INSTANCE, "broad").replaceAll(
                ",\\s*\\{\"name\": \"serviceInstance\"[^}]*}", "");
        assertThat(ibm.policies.create(body).execute().getStatusCode()).isEqualTo(201);
    }

    @Test
    void what_version_1_makes_version_2_reads_lists_and_deletes() {
        String id = create("kf-1");

        JsonNode read = Raw.json(raw.get("/v2/policies/" + id));
        assertThat(read.path("control").path("grant").path("roles").path(0).path("role_id").asText())
                .isEqualTo(Bodies.READER);
        assertThat(read.path("subject").path("attributes").path(1).path("key").asText()).isEqualTo("serviceName");
        assertThat(Raw.json(raw.get("/v2/policies?account_id=" + Bodies.ACCOUNT + "&service_name=kms"))
                .path("policies")).hasSize(1);
        assertThat(raw.post("/v2/policies", Bodies.fileStorageV2(INSTANCE, "again")).statusCode()).isEqualTo(409);
        assertThat(raw.delete("/v2/policies/" + id).statusCode()).isEqualTo(204);
        HttpResponse<String> second = raw.post("/v2/policies", Bodies.fileStorageV2(INSTANCE, "again"));
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(raw.delete("/v1/policies/" + Raw.json(second).path("id").asText()).statusCode()).isEqualTo(204);
    }

    @Test
    void a_new_policy_may_be_invisible_for_a_while_but_is_a_duplicate_at_once() {
        emulator.cloud().cloud().behave(emulator.cloud().cloud().behaviour()
                .changed(Raw.tree("{\"policy.visibility.delay.ms\": 60000}")));
        String id = create("kf-1");

        assertThatThrownBy(() -> ibm.policies.get(id).execute()).isInstanceOf(NotFoundException.class);
        assertThat(Raw.json(raw.get(LIST)).path("policies")).isEmpty();
        assertThatThrownBy(() -> create("kf-1")).isInstanceOf(ConflictException.class);
        emulator.cloud().clock().advance(Duration.ofMinutes(1));
        assertThat(ibm.policies.get(id).execute().getStatusCode()).isEqualTo(200);
    }

    @Test
    void a_list_needs_the_account_and_comes_in_pages_if_asked() {
        assertThat(raw.get("/v1/policies").body()).contains("missing_required_query_parameter");
        for (int at = 0; at < 5; at++) {
            ibm.policies.create(Bodies.fileStorageV1(INSTANCE.replace("aa", "a" + at), "kf")).execute();
        }
        assertThat(Raw.json(raw.get(LIST)).path("policies")).hasSize(5);
        JsonNode first = Raw.json(raw.get(LIST + "&limit=3"));
        assertThat(first.path("policies")).hasSize(3);
        JsonNode rest = Raw.json(raw.get(LIST + "&limit=3&start=" + first.path("next").path("start").asText()));
        assertThat(rest.path("policies")).hasSize(2);
        assertThat(rest.has("next")).isFalse();
        assertThat(Raw.json(raw.get(LIST.replace("authorization", "access"))).path("policies")).isEmpty();
    }

    @Test
    void whoever_may_not_read_gets_an_empty_list_and_whoever_may_not_write_a_403() {
        create("kf-1");
        emulator.cloud().addApiKey("kp-only", "kp-only", Bodies.ACCOUNT, Set.of(Role.MANAGER));
        emulator.cloud().addApiKey("editor", "editor", Bodies.ACCOUNT, EnumSet.of(Role.EDITOR));

        assertThat(Raw.json(Raw.with(emulator, "kp-only").get(LIST)).path("policies")).isEmpty();
        assertThatThrownBy(() -> IbmClients.of(emulator, "editor").policies
                .create(Bodies.fileStorageV1(INSTANCE, "x")).execute()).isInstanceOf(ForbiddenException.class);
    }

    @Test
    void what_is_wrong_with_a_policy_is_said() {
        assertInvalid(Bodies.fileStorageV1(INSTANCE, "x").replace("accountId", "other"), "accountId");
        assertInvalid(Bodies.fileStorageV1(INSTANCE, "x").replace("serviceRole:Reader", "serviceRole:"), "role");
        assertInvalid("{}", "type");
        assertInvalid("not json", "JSON");
        assertInvalid(Bodies.fileStorageV1(INSTANCE, "x").replace("\"authorization\"", "\"other\""), "type");
    }

    private void assertInvalid(String body, String word) {
        HttpResponse<String> answer = raw.post("/v1/policies", body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains(word, "\"trace\"", "\"status_code\":400");
    }
}
