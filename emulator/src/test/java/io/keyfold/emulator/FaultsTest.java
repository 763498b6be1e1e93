package io.keyfold.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.ibm.cloud.sdk.core.service.exception.InvalidServiceResponseException;
import com.ibm.cloud.sdk.core.service.exception.TooManyRequestsException;
import io.keyfold.emulator.service.Effect;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.AbstractThrowableAssert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultsTest {

    private static final String CREATE_KEY = "key-protect.create_key";

    private final EmulatorServer emulator = EmulatorServer.start(EmulatorSettings.usual());
    private final IbmClients ibm = IbmClients.of(emulator);
    private final String instance = ibm.createInstance("hpc-1-kms").getGuid();
    private final Raw raw = Raw.with(emulator, EmulatorSettings.USUAL_API_KEY).in(instance);

    @AfterEach
    void stop() {
        emulator.close();
    }

    private void fault(String match, String fault) {
        emulator.cloud().addFaults("{" + match + ", \"fault\": " + fault + "}");
    }

    private void faultOnCreateKey(String fault) {
        fault("\"operation\": \"" + CREATE_KEY + "\"", fault);
    }

    private HttpResponse<String> createKey() {
        return raw.post("/api/v2/keys", Bodies.rootKey("hpc-1-key", "kf-1"));
    }

    private AbstractThrowableAssert<?, ?> assertCreateKeyBreaks() {
        return assertThatThrownBy(() -> raw.tryCall("POST", "/api/v2/keys", Bodies.rootKey("hpc-1-key", "kf-1"),
                Duration.ofMillis(500))).isInstanceOf(IOException.class);
    }

    private boolean keyExists() {
        return raw.get("/api/v2/keys/kf-1/metadata").statusCode() == 200;
    }

    private Effect onlyEffect() {
        List<Effect> effects = emulator.cloud().effects().all().stream()
                .filter(effect -> effect.operation().equals(CREATE_KEY)).toList();
        assertThat(effects).hasSize(1);
        return effects.getFirst();
    }

    @Test
    void a_reset_before_the_effect_leaves_nothing() {
        faultOnCreateKey("{\"type\": \"reset_before\"}");

        assertCreateKeyBreaks();

        assertThat(keyExists()).isFalse();
        assertThat(onlyEffect().performed()).isFalse();
    }

    @Test
    void a_reset_after_the_effect_loses_only_the_reply() {
        faultOnCreateKey("{\"type\": \"reset_after\"}");

        assertCreateKeyBreaks();

        assertThat(keyExists()).isTrue();
        Awaitility.await().until(() -> onlyEffect().delivered() == Effect.Delivered.NO);
        assertThat(onlyEffect().performed()).isTrue();
        assertThat(onlyEffect().status()).isEqualTo(201);
    }

    @Test
    void a_reset_is_a_tcp_reset() throws IOException {
        faultOnCreateKey("{\"type\": \"reset_before\"}");
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), emulator.port())) {
            socket.getOutputStream().write("POST /api/v2/keys HTTP/1.1\r\nHost: x\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void a_hang_lasts_until_the_client_gives_up() {
        faultOnCreateKey("{\"type\": \"hang_before\"}");
        assertCreateKeyBreaks().isInstanceOf(HttpTimeoutException.class);
        assertThat(keyExists()).isFalse();

        emulator.cloud().faults().clear();
        faultOnCreateKey("{\"type\": \"hang_after\"}");
        assertCreateKeyBreaks().isInstanceOf(HttpTimeoutException.class);
        assertThat(keyExists()).isTrue();
        Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> emulator.openConnections() <= 3);
    }

    @Test
    void a_429_says_when_to_come_back() {
        for (String retryAfter : List.of("7", "0", "date:30", "")) {
            emulator.cloud().faults().clear();
            String field = retryAfter.isEmpty() ? "" : ", \"retry_after\": \"" + retryAfter + "\"";
            faultOnCreateKey("{\"type\": \"status\", \"status\": 429" + field + "}");
            var answer = createKey();
            var header = answer.headers().firstValue("Retry-After");
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(answer.body()).contains("application/vnd.ibm.kms.error+json");
            if (retryAfter.isEmpty()) {
                assertThat(header).isEmpty();
            } else if (retryAfter.startsWith("date:")) {
                Instant when = ZonedDateTime.parse(header.orElseThrow(), DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant();
                assertThat(when).isBetween(Instant.now().plusSeconds(20), Instant.now().plusSeconds(40));
            } else {
                assertThat(header).contains(retryAfter);
            }
        }
        assertThat(keyExists()).isFalse();
        assertThatThrownBy(() -> ibm.createRootKey(instance, "x1", "kf-2"))
                .isInstanceOf(TooManyRequestsException.class);
    }

    @Test
    void any_status_in_the_services_own_words_or_in_given_ones() {
        fault("\"path\": \"/v2/resource_instances**\", \"count\": 1", "{\"type\": \"status\", \"status\": 504}");
        fault("\"name\": \"own\", \"path\": \"/v1/policies/*\"",
                "{\"type\": \"status\", \"status\": 503, \"body\": {\"odd\": 1}, \"headers\": {\"X-Odd\": \"yes\"}}");

        var controller = raw.get("/v2/resource_instances");
        var policies = raw.get("/v1/policies/x");

        assertThat(controller.statusCode()).isEqualTo(504);
        assertThat(Raw.json(controller).path("transaction_id").asText()).startsWith("bss-");
        assertThat(policies.body()).isEqualTo("{\"odd\":1}");
        assertThat(policies.headers().firstValue("X-Odd")).contains("yes");
        assertThat(raw.get("/v2/resource_instances").statusCode()).isEqualTo(200);
    }

    @Test
    void a_500_may_come_after_the_effect() {
        faultOnCreateKey("{\"type\": \"status\", \"status\": 500, \"after\": true}");
        assertThat(createKey().statusCode()).isEqualTo(500);
        assertThat(keyExists()).isTrue();
        assertThat(onlyEffect().performed()).isTrue();
    }

    @Test
    void a_spoilt_body_is_what_ibms_sdk_cannot_read() {
        faultOnCreateKey("{\"type\": \"malformed\"}");
        assertThatThrownBy(() -> ibm.createRootKey(instance, "x1", "kf-1"))
                .isInstanceOf(InvalidServiceResponseException.class);
        assertThat(keyExists()).isTrue();

        emulator.cloud().faults().clear();
        faultOnCreateKey("{\"type\": \"html\"}");
        assertThat(raw.post("/api/v2/keys", Bodies.rootKey("x1", "kf-2")).body()).startsWith("<html>");
        emulator.cloud().faults().clear();
        faultOnCreateKey("{\"type\": \"empty\"}");
        assertThat(raw.post("/api/v2/keys", Bodies.rootKey("x1", "kf-3")).body()).isEmpty();
    }

    @Test
    void a_truncated_body_ends_early() {
        faultOnCreateKey("{\"type\": \"truncate\", \"part\": 0.5}");
        assertCreateKeyBreaks();
        assertThat(keyExists()).isTrue();
        Awaitility.await().until(() -> onlyEffect().delivered() == Effect.Delivered.NO);
    }

    @Test
    void a_trickle_takes_longer_than_a_client_waits_between_bytes_but_is_whole() {
        fault("\"operation\": \"key-protect.count_keys\"", "{\"type\": \"trickle\", \"bytes_per_second\": 1000}");
        fault("\"name\": \"drops\", \"operation\": \"resource-manager.*\"",
                "{\"type\": \"trickle\", \"bytes_per_second\": 1000}");
        Instant begun = Instant.now();
        JsonNode groups = Raw.json(raw.get("/v2/resource_groups"));
        assertThat(groups.path("resources")).hasSize(1);
        assertThat(Duration.between(begun, Instant.now())).isGreaterThan(Duration.ofMillis(400));
    }

    @Test
    void latency_comes_before_the_effect_or_after_it() {
        faultOnCreateKey("{\"type\": \"latency\", \"ms\": 2000}");
        assertCreateKeyBreaks().isInstanceOf(HttpTimeoutException.class);
        assertThat(keyExists()).isFalse();

        emulator.cloud().faults().clear();
        fault("\"name\": \"late\", \"operation\": \"" + CREATE_KEY + "\"",
                "{\"type\": \"latency\", \"ms\": 2000, \"after\": true}");
        assertThatThrownBy(() -> raw.tryCall("POST", "/api/v2/keys", Bodies.rootKey("x1", "kf-2"),
                Duration.ofMillis(500))).isInstanceOf(HttpTimeoutException.class);
        assertThat(raw.get("/api/v2/keys/kf-2/metadata").statusCode()).isEqualTo(200);
    }

    @Test
    void an_instance_may_never_leave_provisioning_or_end_as_failed() {
        fault("\"body_contains\": \"stuck\"", "{\"type\": \"stuck_provisioning\"}");
        fault("\"name\": \"failing\", \"body_contains\": \"doomed\"",
                "{\"type\": \"provisioning\", \"ms\": 1000, \"fails\": true}");
        String stuck = ibm.createInstance("stuck").getGuid();
        String doomed = ibm.createInstance("doomed").getGuid();
        emulator.cloud().clock().advance(Duration.ofMinutes(50));

        assertThat(Raw.json(raw.get("/v2/resource_instances/" + stuck)).path("state").asText())
                .isEqualTo("provisioning");
        JsonNode failed = Raw.json(raw.get("/v2/resource_instances/" + doomed));
        assertThat(failed.path("state").asText()).isEqualTo("failed");
        assertThat(failed.path("last_operation").path("state").asText()).isEqualTo("failed");
    }

    @Test
    void a_new_key_may_be_invisible_for_a_while() {
        faultOnCreateKey("{\"type\": \"delayed_visibility\", \"ms\": 10000}");
        createKey();
        assertThat(keyExists()).isFalse();
        emulator.cloud().clock().advance(Duration.ofSeconds(10));
        assertThat(keyExists()).isTrue();
    }

    @Test
    void a_new_instance_may_be_invisible_for_a_while() {
        fault("\"operation\": \"resource-controller.create_instance\"",
                "{\"type\": \"delayed_visibility\", \"ms\": 10000}");
        String guid = ibm.createInstance("hidden").getGuid();
        assertThat(raw.get("/v2/resource_instances/" + guid).statusCode()).isEqualTo(404);
        assertThat(raw.get("/v2/resource_instances").body()).doesNotContain(guid);
        emulator.cloud().clock().advance(Duration.ofSeconds(10));
        assertThat(raw.get("/v2/resource_instances/" + guid).statusCode()).isEqualTo(200);
    }

    @Test
    void a_stale_list_lacks_the_new_and_shows_the_deleted() {
        String deleted = ibm.createInstance("old").getGuid();
        emulator.cloud().clock().advance(Duration.ofMinutes(1));
        raw.delete("/v2/resource_instances/" + deleted);
        ibm.createInstance("new");
        fault("\"operation\": \"resource-controller.list_instances\"", "{\"type\": \"stale_list\", \"ms\": 30000}");

        String list = raw.get("/v2/resource_instances").body();

        assertThat(list).contains("\"name\":\"old\"").doesNotContain("\"name\":\"new\"");
        assertThat(Raw.json(raw.get("/v2/resource_instances/" + deleted)).path("state").asText())
                .isEqualTo("pending_reclamation");
    }

    @Test
    void quota_forbidden_and_unauthorized_are_refused_in_the_services_words() {
        faultOnCreateKey("{\"type\": \"quota\"}");
        fault("\"name\": \"f\", \"operation\": \"iam-policy-*\"", "{\"type\": \"forbidden\"}");
        fault("\"name\": \"u\", \"path\": \"/v2/resource_groups\"", "{\"type\": \"unauthorized\"}");

        assertThat(createKey().body()).contains("KEY_QUOTA_ERR");
        assertThat(raw.get("/v1/policies?account_id=x").body()).contains("insufficent_permissions");
        assertThat(raw.get("/v2/resource_groups").statusCode()).isEqualTo(401);
    }

    @Test
    void a_redirect_names_another_place_and_does_nothing() {
        faultOnCreateKey("{\"type\": \"redirect\", \"location\": \"http://127.0.0.1:9/elsewhere\"}");
        var answer = createKey();
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.headers().firstValue("Location")).contains("http://127.0.0.1:9/elsewhere");
        assertThat(keyExists()).isFalse();
    }

    @Test
    void a_rule_can_mean_one_caller_one_instance_and_the_nth_call() {
        String other = ibm.createInstance("other").getGuid();
        fault("\"instance\": \"" + instance + "\", \"caller\": \"key-1\", \"method\": \"POST\", \"nth\": [2, 3]",
                "{\"type\": \"status\", \"status\": 503}");

        List<Integer> here = List.of(1, 2, 3, 4).stream()
                .map(n -> raw.post("/api/v2/keys", Bodies.rootKey("x1", "kf-" + n)).statusCode()).toList();

        assertThat(here).containsExactly(201, 503, 503, 201);
        assertThat(raw.in(other).post("/api/v2/keys", Bodies.rootKey("x1", "kf-1")).statusCode()).isEqualTo(201);
        assertThat(emulator.cloud().faults().struck("status")).isEqualTo(2);
    }
}
