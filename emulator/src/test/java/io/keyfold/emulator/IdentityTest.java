package io.keyfold.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.ibm.cloud.sdk.core.service.exception.ServiceResponseException;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Role;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IdentityTest {

    private final EmulatorServer emulator = EmulatorServer
            .start(EmulatorSettings.of(Map.of("api.keys", "main-key,reader-key=Viewer+Reader")));
    private final Raw anonymous = Raw.anonymous(emulator);

    @AfterEach
    void stop() {
        emulator.close();
    }

    @Test
    void an_api_key_gives_a_token_that_names_its_owner_and_account() {
        JsonNode answer = Raw.json(anonymous.token("main-key"));
        String claims = answer.path("access_token").asText().split("\\.", -1)[1];
        JsonNode token = Json.parse(Base64.getUrlDecoder().decode(claims)).orElseThrow();

        assertThat(answer.path("token_type").asText()).isEqualTo("Bearer");
        assertThat(answer.path("refresh_token").asText()).isEqualTo("not_supported");
        assertThat(answer.path("expires_in").asInt()).isEqualTo(3600);
        assertThat(token.path("iam_id").asText()).startsWith("iam-ServiceId-");
        assertThat(token.path("account").path("bss").asText()).isEqualTo(Bodies.ACCOUNT);
        assertThat(token.path("exp").asLong() - token.path("iat").asLong()).isEqualTo(3600);
    }

    @Test
    void an_unknown_or_revoked_key_is_BXNIM0415E() {
        var unknown = anonymous.token("nobody's");
        emulator.cloud().apiKeys().revoke("key-1");
        var revoked = anonymous.token("main-key");

        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(Raw.json(unknown).path("errorCode").asText()).isEqualTo("BXNIM0415E");
        assertThat(Raw.json(revoked).path("errorCode").asText()).isEqualTo("BXNIM0415E");
        assertThat(unknown.body()).doesNotContain("nobody's");
    }

    @Test
    void the_sdk_throws_what_the_token_service_answered() {
        IbmClients ibm = IbmClients.of(emulator, "wrong-key");
        assertThatThrownBy(() -> ibm.createInstance("x")).isInstanceOfSatisfying(ServiceResponseException.class,
                refused -> assertThat(refused.getResponseBody()).contains("BXNIM0415E"));
    }

    @Test
    void a_containers_token_opens_the_trusted_profile_that_it_is_linked_to_and_no_other() {
        String id = emulator.cloud().addProfile("linked", "cr-1", emulator.cloud().account(), Role.ordinary());
        emulator.cloud().addProfile("another", "cr-2", emulator.cloud().account(), Role.ordinary());
        Raw form = anonymous.withHeader("Content-Type", "application/x-www-form-urlencoded");
        String grant = "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Acr-token&";

        for (String named : List.of("profile_id=" + id, "profile_name=linked")) {
            assertThat(form.post("/identity/token", grant + "cr_token=cr-1&" + named).statusCode()).isEqualTo(200);
            assertThat(form.post("/identity/token", grant + "cr_token=cr-2&" + named).statusCode()).isEqualTo(400);
            assertThat(form.post("/identity/token", grant + named).statusCode()).isEqualTo(400);
        }
        emulator.cloud().addProfile("linked", "cr-3", emulator.cloud().account(), Role.ordinary());
        assertThat(form.post("/identity/token", grant + "cr_token=cr-1&profile_id=" + id).statusCode()).isEqualTo(400);
        assertThat(form.post("/identity/token", grant + "cr_token=cr-3&profile_id=" + id).statusCode()).isEqualTo(200);
        assertThat(emulator.cloud().state().toString()).contains("iam-" + id).doesNotContain("cr-1", "cr-3");
    }

    @Test
    void other_grants_and_missing_fields_are_refused() {
        Raw form = anonymous.withHeader("Content-Type", "application/x-www-form-urlencoded");
        assertThat(form.post("/identity/token", "grant_type=password&apikey=x").statusCode()).isEqualTo(400);
        assertThat(form.post("/identity/token", "apikey=x").statusCode()).isEqualTo(400);
    }

    @Test
    void without_a_valid_token_each_service_refuses_in_its_own_words() {
        assertUnauthorized(anonymous);
        assertUnauthorized(anonymous.withHeader("Authorization", "Bearer made.up.token"));
        Raw caller = Raw.with(emulator, "main-key");
        emulator.cloud().clock().advance(Duration.ofHours(1));
        assertUnauthorized(caller);
        Raw again = Raw.with(emulator, "main-key");
        assertThat(again.get("/v2/resource_instances").statusCode()).isEqualTo(200);
        emulator.cloud().tokens().expireAll();
        assertUnauthorized(again);
    }

    private static void assertUnauthorized(Raw raw) {
        var controller = raw.get("/v2/resource_instances");
        var keyProtect = raw.get("/api/v2/keys");
        var policies = raw.get("/v1/policies?account_id=x");
        assertThat(controller.statusCode()).isEqualTo(401);
        assertThat(Raw.json(controller).path("status_code").asInt()).isEqualTo(401);
        assertThat(keyProtect.statusCode()).isEqualTo(401);
        assertThat(keyProtect.body()).contains("UNAUTHORIZED_ERR");
        assertThat(policies.statusCode()).isEqualTo(401);
        assertThat(policies.body()).contains("\"code\":\"invalid_token\"");
    }

    @Test
    void roles_of_a_starting_key_are_those_of_the_setting_and_can_change_at_once() {
        Raw reader = Raw.with(emulator, "reader-key");
        String group = emulator.cloud().groups().of(Bodies.ACCOUNT).getFirst().id();
        String body = Bodies.instance("hpc-1-kms", group);

        assertThat(reader.post("/v2/resource_instances", body).statusCode()).isEqualTo(403);
        emulator.cloud().addApiKey("reader-key", "key-2", Bodies.ACCOUNT, Role.ordinary());
        assertThat(reader.post("/v2/resource_instances", body).statusCode()).isEqualTo(201);
    }

    @Test
    void the_creator_of_a_thing_is_the_owner_of_the_key() {
        String second = emulator.cloud().addApiKey("second-key", "second", Bodies.ACCOUNT, Role.ordinary());

        assertThat(IbmClients.of(emulator, "second-key").createInstance("x").getCreatedBy()).isEqualTo(second);
        assertThat(IbmClients.of(emulator, "main-key").createInstance("y").getCreatedBy()).isNotEqualTo(second);
    }
}
