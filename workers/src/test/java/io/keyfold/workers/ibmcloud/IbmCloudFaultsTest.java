package io.keyfold.workers.ibmcloud;

import static io.keyfold.workers.ibmcloud.Answers.INSTANCE;
import static io.keyfold.workers.ibmcloud.Answers.NEW_AUTHORIZATION;
import static io.keyfold.workers.ibmcloud.Answers.NEW_INSTANCE;
import static io.keyfold.workers.ibmcloud.Answers.NEW_KEY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.keyfold.workers.authorization.AuthorizationPolicies;
import io.keyfold.workers.ibmcloud.RawServer.Reply;
import io.keyfold.workers.ibmcloud.RawServer.Request;
import io.keyfold.workers.rootkey.RootKeys;
import io.keyfold.monitoring.traces.Traces;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.MonotonicTime;
import java.io.ByteArrayOutputStream;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every way in which a call can go wrong, over real sockets and IBM's real SDK.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class IbmCloudFaultsTest {
    private static final String API_KEY = "canary-api-key-5f1c";
    private static final Duration CALL_TIMEOUT = Duration.ofMillis(600);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private RawServer server;
    private IbmCloud cloud;

    @BeforeEach
    void start() throws IOException {
        server = new RawServer(request -> Reply.json(500, "{}"));
        cloud = new IbmCloud(settings(server.url()), new SkippingTime(), InstantSource.fixed(Instant.EPOCH), meters,
                Traces.off());
    }

    @AfterEach
    void stop() throws IOException {
        cloud.close();
        server.close();
    }

    @Test
    void every_call_is_measured_by_what_it_was_and_what_came_of_it() {
        warmUp();
        for (int status : new int[]{403, 429, 500}) {
            server.answer(request -> Reply.json(status, "{}"));
            faultOf(() -> Create.AUTHORIZATION.send(cloud));
        }

        assertThat(calls("IAM", "create authorization", "forbidden")).isEqualTo(1);
        assertThat(calls("IAM", "create authorization", "rate_limited")).isEqualTo(1);
        assertThat(calls("IAM", "create authorization", "unknown_outcome")).isEqualTo(1);
        assertThat(calls("IAM", "fetch token", "ok")).isEqualTo(1);
        assertThat(meters.getMeters().toString()).doesNotContain(API_KEY);
    }

    @Test
    void a_call_whose_turn_is_too_far_away_is_counted_as_held_back() {
        warmUp();
        server.answer(request -> Reply.json(429, "{}", "Retry-After: 60"));
        faultOf(() -> Create.AUTHORIZATION.send(cloud));
        faultOf(() -> Create.AUTHORIZATION.send(cloud));

        assertThat(meters.get("keyfold.cloud.calls.held.back").tag("api", "IAM").counter().count()).isEqualTo(1);
        assertThat(calls("IAM", "create authorization", "rate_limited")).isEqualTo(1);
    }

    private long calls(String api, String operation, String outcome) {
        return meters.get("keyfold.cloud.call.duration").tags("api", api, "operation", operation, "outcome", outcome)
                .timer().count();
    }

    /// One create of each of the three APIs.
    enum Create {
        INSTANCE("/v2/resource_instances") {
            @Override
            void send(IbmCloud cloud) {
                cloud.kmsInstances().create(NEW_INSTANCE);
            }
        },
        KEY("/api/v2/keys") {
            @Override
            void send(IbmCloud cloud) {
                cloud.rootKeys().create(Answers.INSTANCE, NEW_KEY);
            }
        },
        AUTHORIZATION("/v1/policies") {
            @Override
            void send(IbmCloud cloud) {
                cloud.authorizationPolicies().create(NEW_AUTHORIZATION);
            }
        };

        private final String path;

        Create(String path) {
            this.path = path;
        }

        abstract void send(IbmCloud cloud);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("case-29")
    void a_create_whose_connection_breaks_after_it_was_read_is_sent_once_and_its_outcome_unknown(Create create) {
        warmUp();
        server.answer(request -> new Reply.Reset());
        assertThat(faultOf(() -> create.send(cloud))).isInstanceOf(Fault.UnknownOutcome.class);
        assertThat(server.count("POST", create.path)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void a_create_answered_503_with_no_time_to_wait_is_sent_once_and_its_outcome_unknown(Create create) {
        server.answer(request -> Reply.json(503, "{}", "Retry-After: 0"));
        assertThat(faultOf(() -> create.send(cloud))).isInstanceOf(Fault.UnknownOutcome.class);
        assertThat(server.count("POST", create.path)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 500, 502, 503, 504})
    @Tag("case-27")
    void a_create_that_a_server_failed_at_may_have_happened(int status) {
        server.answer(request -> Reply.json(status, "upstream"));
        for (var create : Create.values()) {
            var fault = faultOf(() -> create.send(cloud));
            assertThat(fault).isInstanceOf(Fault.UnknownOutcome.class);
            assertThat(fault.answer().httpStatus()).hasValue(status);
            assertThat(server.count("POST", create.path)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("case-30")
    void a_create_that_is_never_answered_ends_in_time_and_its_outcome_is_unknown(Create create) {
        server.answer(request -> new Reply.Silence());
        var took = timed(() -> assertThat(faultOf(() -> create.send(cloud)))
                .isInstanceOf(Fault.UnknownOutcome.class));
        assertThat(took).isBetween(CALL_TIMEOUT.minusMillis(100), CALL_TIMEOUT.multipliedBy(10));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("case-30")
    void a_create_whose_answer_trickles_ends_in_time(Create create) {
        server.answer(request -> new Reply.Trickle());
        var took = timed(() -> assertThat(faultOf(() -> create.send(cloud)))
                .isInstanceOf(Fault.UnknownOutcome.class));
        assertThat(took).isLessThan(CALL_TIMEOUT.multipliedBy(10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "[]", "null", "<html>welcome</html>", "{\"id\":7,\"resources\":[]}",
        "{\"resources\":\"none\",\"crn\":{}}"})
    @Tag("case-31")
    void a_create_that_succeeds_with_an_answer_that_says_nothing_has_an_unknown_outcome(String body) {
        server.answer(request -> Reply.json(201, body));
        for (var create : Create.values()) {
            if (!(create == Create.AUTHORIZATION && body.contains("\"id\":7"))) {
                assertThat(faultOf(() -> create.send(cloud))).as("%s", create)
                        .isInstanceOf(Fault.UnknownOutcome.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_create_answered_429_has_not_happened_and_says_when_to_come_back(Create create) {
        server.answer(request -> Reply.json(429, "{}", "Retry-After: 7"));
        assertThat(faultOf(() -> create.send(cloud))).isInstanceOfSatisfying(Fault.Transient.class, fault -> {
            assertThat(fault.code()).isEqualTo(FaultCode.RATE_LIMITED);
            assertThat(fault.retryAfter()).contains(Duration.ofSeconds(7));
        });
        assertThat(server.count("POST", create.path)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("case-28")
    void a_create_that_found_no_connection_has_not_happened(Create create) throws IOException {
        URI nobody;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
        var settings = settings(nobody);
        // Tokens are still to be had.
        try (var elsewhere = new RawServer(request -> Reply.json(500, "{}"));
                var lonely = new IbmCloud(new IbmCloudSettings(
                        create == Create.AUTHORIZATION ? nobody : elsewhere.url(), settings.resourceControllerUrl(),
                        settings.keyProtectUrl(), settings.credentials(), settings.accountId(),
                        settings.connectTimeout(),
                        settings.callTimeout(), 100, 100, 100))) {
            assertThat(faultOf(() -> create.send(lonely))).isInstanceOfSatisfying(
                    Fault.Transient.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.UNAVAILABLE));
        }
    }

    @Test
    void a_read_that_breaks_may_work_the_next_time() {
        warmUp();
        for (var reply : List.of(new Reply.Reset(),
                Reply.json(502, "<html>bad gateway</html>"), Reply.json(200, "{\"metadata\":"), Reply.json(200, ""),
                Reply.json(200, "{}"), Reply.of(200, "text/html", new byte[]{'<'}))) {
            server.answer(request -> reply);
            for (Runnable read : List.<Runnable>of(
                    () -> cloud.kmsInstances().byGuid("g"), () -> cloud.kmsInstances().named("n"),
                    () -> cloud.kmsInstances().resourceGroupId("n"),
                    () -> cloud.rootKeys().byId(INSTANCE, "k"), () -> cloud.rootKeys().named(INSTANCE, "n"),
                    () -> cloud.rootKeys().registrations(INSTANCE, "k"),
                    () -> cloud.authorizationPolicies().byId("p"),
                    () -> cloud.authorizationPolicies().all().whole(),
                    () -> cloud.authorizationPolicies().registeredBy(Answers.COS, INSTANCE))) {
                assertThat(faultOf(read)).as("%s", reply).isInstanceOf(Fault.Transient.class);
            }
        }
    }

    @Test
    void ibms_words_and_transaction_id_are_kept() {
        server.answer(request -> Reply.json(503, "{\"message\":\"come back\",\"transaction_id\":\"bss-1\"}"));
        assertThat(faultOf(() -> cloud.kmsInstances().byGuid("g"))).isInstanceOfSatisfying(
                Fault.Transient.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FaultCode.UNAVAILABLE);
                    assertThat(fault.answer().message()).isEqualTo("come back");
                    assertThat(fault.answer().transactionId()).contains("bss-1");
                });
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    @Tag("case-26")
    void after_a_429_no_call_of_any_thread_reaches_that_api_before_its_time() {
        server.answer(request -> Reply.json(429, "{}", "Retry-After: 30"));
        assertThat(faultOf(() -> cloud.rootKeys().byId(INSTANCE, "k")).code()).isEqualTo(FaultCode.RATE_LIMITED);
        assertThat(faultOf(() -> cloud.rootKeys().byId(INSTANCE, "k2"))).isInstanceOfSatisfying(
                Fault.Transient.class,
                fault -> assertThat(fault.retryAfter()).hasValueSatisfying(
                        wait -> assertThat(wait).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30))));
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Thu, 01 Jan 1970 00:00:09 GMT", "9"})
    @Tag("case-26")
    void a_time_to_come_back_is_read_in_seconds_and_as_a_date(String retryAfter) {
        server.answer(request -> Reply.json(429, "{}", "Retry-After: " + retryAfter));
        assertThat(faultOf(() -> cloud.kmsInstances().create(NEW_INSTANCE))).isInstanceOfSatisfying(
                Fault.Transient.class, fault -> assertThat(fault.retryAfter()).contains(Duration.ofSeconds(9)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5", "soon", "Fri, 01 Jan 1960 00:00:09 GMT"})
    @Tag("case-26")
    void a_time_to_come_back_that_is_none_is_left_out(String retryAfter) {
        server.answer(request -> Reply.json(429, "{}", "Retry-After: " + retryAfter));
        assertThat(faultOf(() -> cloud.kmsInstances().create(NEW_INSTANCE))).isInstanceOfSatisfying(
                Fault.Transient.class, fault -> assertThat(fault.retryAfter()).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999999999", "9223372036854775807", "Mon, 01 Jan 2970 00:00:09 GMT"})
    @Tag("case-26")
    void a_time_to_come_back_that_is_far_away_is_an_hour(String retryAfter) {
        server.answer(request -> Reply.json(429, "{}", "Retry-After: " + retryAfter));
        assertThat(faultOf(() -> cloud.kmsInstances().create(NEW_INSTANCE))).isInstanceOfSatisfying(
                Fault.Transient.class, fault -> assertThat(fault.retryAfter()).contains(Duration.ofHours(1)));
    }

    @Test
    @Tag("case-54")
    void a_redirect_takes_no_token_to_another_host() throws IOException {
        try (var stranger = new RawServer(request -> Reply.json(200, "{}"))) {
            for (int status : new int[]{301, 302, 307, 308}) {
                server.answer(request -> Reply.json(status, "", "Location: " + stranger.url() + "/take"));
                for (var create : Create.values()) {
                    assertThat(faultOf(() -> create.send(cloud))).isInstanceOfSatisfying(
                            Fault.Permanent.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.PROTOCOL));
                }
                assertThat(faultOf(() -> cloud.rootKeys().byId(INSTANCE, "k"))).isInstanceOf(Fault.Permanent.class);
            }
            assertThat(stranger.requests()).isEmpty();
        }
    }

    @Test
    @Tag("case-39")
    @Tag("case-54")
    @Tag("case-118")
    void the_next_page_is_never_fetched_from_another_host() throws IOException {
        try (var stranger = new RawServer(request -> Reply.json(200, "{}"))) {
            var pages = new AtomicInteger();
            server.answer(request -> pages.getAndIncrement() == 0
                    ? Reply.json(200, Answers.instances("\"" + stranger.url() + "/v2?start=next\""))
                    : Reply.json(200, Answers.instances("null")));
            cloud.kmsInstances().named("hpc-1-kms");
            assertThat(stranger.requests()).isEmpty();
            assertThat(server.requests().get(1).target()).contains("start=next");
        }
    }

    @Test
    @Tag("case-39")
    void a_list_whose_pages_lead_in_a_circle_is_no_list() {
        server.answer(request -> Reply.json(200, Answers.instances("\"/v2/resource_instances?start=again\"")));

        assertThat(faultOf(() -> cloud.kmsInstances().all()).answer().message()).contains("circle");
    }

    @Test
    @Tag("case-34")
    @Tag("case-55")
    void a_refused_token_is_replaced_once_and_the_same_request_sent_whole() {
        warmUp();
        var first = new AtomicInteger();
        server.answer(request -> first.getAndIncrement() == 0
                ? Reply.json(401, "{}")
                : Reply.json(201, Answers.keys(Answers.key("k", "hpc-1-key", 1, false))));
        assertThat(cloud.rootKeys().create(INSTANCE, NEW_KEY)).isInstanceOf(RootKeys.Creation.Created.class);
        assertThat(server.tokenRequests()).isEqualTo(2);
        List<Request> posts = server.requests().stream().filter(request -> request.is("POST", "/api/v2/keys")).toList();
        assertThat(posts).hasSize(2).allSatisfy(
                post -> assertThat(post.headers()).containsEntry("User-Agent", "keyfold"));
        assertThat(posts.get(1).body()).isEqualTo(posts.get(0).body()).contains("hpc-1-key");
        assertThat(posts.get(1).headers().get("Authorization"))
                .isNotEqualTo(posts.get(0).headers().get("Authorization"));
    }

    @Test
    @Tag("case-34")
    void many_threads_with_a_refused_token_fetch_one_new_one() throws Exception {
        warmUp();
        var old = "Bearer " + tokenOf(1);
        server.answer(request -> old.equals(request.headers().get("Authorization"))
                ? Reply.json(401, "{}")
                : Reply.json(200, Answers.keys(Answers.key("k", "hpc-1-key", 1, false))));
        all(64, () -> cloud.rootKeys().byId(INSTANCE, "k"));
        assertThat(server.tokenRequests()).isEqualTo(2);
    }

    @Test
    void many_threads_fetch_one_first_token() throws Exception {
        server.answer(request -> Reply.json(200, Answers.keys(Answers.key("k", "hpc-1-key", 1, false))));
        all(64, () -> cloud.rootKeys().byId(INSTANCE, "k"));
        assertThat(server.tokenRequests()).isEqualTo(1);
    }

    @Test
    void key_protects_401_with_a_new_token_means_a_missing_role() {
        server.answer(request -> Reply.json(401, Answers.keyError(
                "UNAUTHORIZED_ERR", "The user does not have access to the specified resource")));
        assertThat(faultOf(() -> cloud.rootKeys().create(INSTANCE, NEW_KEY))).isInstanceOfSatisfying(
                Fault.Permanent.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.FORBIDDEN));
        faultOf(() -> cloud.rootKeys().create(INSTANCE, NEW_KEY));
        faultOf(() -> cloud.rootKeys().create(INSTANCE, NEW_KEY));
        assertThat(server.tokenRequests()).as("no new token for each refusal").isEqualTo(2);
    }

    @Test
    void another_apis_401_with_a_new_token_waits_for_a_person() {
        server.answer(request -> Reply.json(401, "{\"message\":\"Token is invalid\"}"));
        assertThat(faultOf(() -> cloud.kmsInstances().create(NEW_INSTANCE))).isInstanceOfSatisfying(
                Fault.Transient.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.CREDENTIALS_REJECTED));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403})
    void an_api_key_that_iam_refuses_is_told_from_an_api_that_refuses(int status) {
        server.answerTokens(number -> Reply.json(status, """
                {"errorCode":"BXNIM0415E","errorMessage":"Provided API key could not be found.",
                 "context":{"requestId":"req-1"}}"""));
        for (var create : Create.values()) {
            assertThat(faultOf(() -> create.send(cloud))).isInstanceOfSatisfying(Fault.Transient.class,
                    fault -> {
                        assertThat(fault.code()).isEqualTo(FaultCode.CREDENTIALS_REJECTED);
                        assertThat(fault.answer().code()).contains("BXNIM0415E");
                        assertThat(fault.answer().transactionId()).contains("req-1");
                        assertThat(fault.retryAfter()).contains(Duration.ofMinutes(1));
                    });
        }
        assertThat(server.requests()).isEmpty();
        assertThat(server.tokenRequests()).as("nobody asks again at once").isEqualTo(1);
    }

    @Test
    void a_token_server_that_fails_leaves_a_create_unsent() {
        server.answerTokens(number -> Reply.json(500, "{}"));
        assertThat(faultOf(() -> cloud.kmsInstances().create(NEW_INSTANCE))).isInstanceOfSatisfying(
                Fault.Transient.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.UNAVAILABLE));
        assertThat(server.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"access_token\":", "<html>"})
    void a_token_answer_that_is_none_leaves_a_create_unsent(String body) {
        server.answerTokens(number -> Reply.json(200, body));
        assertThat(faultOf(() -> cloud.kmsInstances().create(NEW_INSTANCE))).isInstanceOf(Fault.Transient.class);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void those_who_wait_for_a_dead_token_server_fail_together() throws Exception {
        server.answerTokens(number -> new Reply.Silence());
        try (var real = new IbmCloud(settings(server.url()))) {
            var took = timed(() -> all(50, () -> faultOf(() -> real.kmsInstances().create(NEW_INSTANCE))));
            assertThat(took).isLessThan(CALL_TIMEOUT.multipliedBy(15));
        }
    }

    @Test
    @Tag("case-111")
    void neither_api_key_nor_token_is_in_what_a_fault_says() {
        server.answer(request -> Reply.json(400, "{\"message\":\"bad " + API_KEY + " and "
                + request.headers().get("Authorization") + "\"}"));
        server.answerTokens(number -> Reply.json(200, RawServer.token(number)));
        var told = faultOf(() -> cloud.kmsInstances().create(NEW_INSTANCE)).toString() + settings(server.url());
        assertThat(told).contains("bad [hidden] and [hidden]").doesNotContain(API_KEY).doesNotContain("eyJ");

        server.answer(
                request -> Reply.of(502, "text/html", ("<b>" + API_KEY + "</b>").getBytes(StandardCharsets.UTF_8)));
        var thrown = catchThrowableOfType(FaultException.class, () -> cloud.kmsInstances().create(NEW_INSTANCE));
        assertThat(thrown).hasMessageNotContaining(API_KEY).hasNoCause();
    }

    @Test
    @Tag("case-31")
    void an_answer_that_unpacks_without_end_is_cut_off() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write("{\"name\":\"".getBytes(StandardCharsets.UTF_8));
            var block = new byte[1 << 20];
            Arrays.fill(block, (byte) 'a');
            for (int i = 0; i < 40; i++) {
                gzip.write(block);
            }
        }
        try (var patient = new IbmCloud(settings(server.url(), Duration.ofSeconds(20)))) {
            server.answer(request -> Reply.of(201, "application/json", packed.toByteArray(), "Content-Encoding: gzip"));
            assertThat(faultOf(() -> patient.kmsInstances().create(NEW_INSTANCE)))
                    .isInstanceOfSatisfying(Fault.UnknownOutcome.class,
                            fault -> assertThat(fault.answer().message()).contains("longer than"));
            server.answer(request -> Reply.of(400, "application/json", packed.toByteArray(), "Content-Encoding: gzip"));
            assertThat(faultOf(() -> patient.kmsInstances().create(NEW_INSTANCE)))
                    .isInstanceOf(Fault.UnknownOutcome.class);
        }
    }

    @Test
    @Tag("case-120")
    void an_error_is_kept_to_one_line_of_bounded_length() {
        server.answer(request -> Reply.json(400, "{\"message\":\"" + "x\\n\\u001b[31m".repeat(5000) + "\"}"));
        assertThat(faultOf(() -> cloud.kmsInstances().create(NEW_INSTANCE)).answer().message())
                .hasSizeLessThanOrEqualTo(1000).doesNotContain("\n").doesNotContain("\u001b");
    }

    @Test
    @Tag("case-17")
    void ids_and_names_stay_within_their_place_in_the_address() {
        server.answer(request -> Reply.json(404, "{}"));
        assertThat(cloud.rootKeys().byAlias(INSTANCE, "../../x?force=true&a#b")).isEmpty();
        assertThat(cloud.kmsInstances().byGuid("a/b?c")).isEmpty();
        assertThat(cloud.authorizationPolicies().byId("a/../b?c")).isEmpty();
        assertThat(server.requests()).extracting(Request::target).satisfiesExactly(
                target -> assertThat(target).startsWith("/api/v2/keys/").endsWith("/metadata").doesNotContain("?",
                        "/x"),
                target -> assertThat(target).isEqualTo("/v2/resource_instances/a%2Fb%3Fc"),
                target -> assertThat(target).isEqualTo("/v1/policies/a%2F..%2Fb%3Fc"));
    }

    @Test
    void an_instance_that_key_protect_has_not_heard_of_yet_is_waited_for() {
        server.answer(request -> Reply.json(404, Answers.keyError("INSTANCE_NOT_FOUND_ERR", "no such instance")));
        assertThat(cloud.rootKeys().byAlias(INSTANCE, "mark")).isEmpty();
        for (Runnable call : List.<Runnable>of(
                () -> cloud.rootKeys().named(INSTANCE, "hpc-1-key"),
                () -> cloud.rootKeys().create(INSTANCE, NEW_KEY))) {
            assertThat(faultOf(call)).isInstanceOfSatisfying(
                    Fault.Transient.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.TRANSIENT));
        }
    }

    @Test
    void a_404_that_is_not_ibms_says_nothing_about_what_was_asked_for() {
        warmUp();
        for (int status : new int[]{404, 410}) {
            server.answer(request -> Reply.of(status, "text/html", "<html>not here</html>".getBytes(UTF_8)));
            for (Runnable read : List.<Runnable>of(
                    () -> cloud.kmsInstances().byGuid("g"), () -> cloud.rootKeys().byId(INSTANCE, "k"),
                    () -> cloud.rootKeys().sighting(INSTANCE, "k"), () -> cloud.authorizationPolicies().byId("p"))) {
                assertThat(faultOf(read)).isInstanceOfSatisfying(
                        Fault.Transient.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.PROTOCOL));
            }
            for (Runnable delete : List.<Runnable>of(
                    () -> cloud.kmsInstances().delete("g"), () -> cloud.rootKeys().delete(INSTANCE, "k"),
                    () -> cloud.authorizationPolicies().delete("p"))) {
                assertThat(faultOf(delete)).isInstanceOf(Fault.UnknownOutcome.class);
            }
        }
    }

    @Test
    void nothing_is_registered_with_what_is_gone() {
        for (int status : new int[]{404, 410}) {
            server.answer(request -> Reply.json(status, Answers.keyError("KEY_DELETED_ERR", "deleted")));
            assertThat(cloud.rootKeys().registrations(INSTANCE, "k")).isEmpty();
            assertThat(cloud.authorizationPolicies().registeredBy(Answers.COS, INSTANCE)).isEmpty();
        }
    }

    @Test
    @Tag("case-47")
    void a_delete_of_what_is_gone_is_done() {
        for (int status : new int[]{404, 410, 204}) {
            server.answer(request -> Reply.json(status, ""));
            cloud.rootKeys().delete(INSTANCE, "k");
            cloud.kmsInstances().delete("g");
            cloud.authorizationPolicies().delete("p");
        }
    }

    @Test
    @Tag("case-48")
    void a_delete_whose_answer_is_lost_has_an_unknown_outcome_and_is_sent_once() {
        warmUp();
        server.answer(request -> new Reply.Reset());
        assertThat(faultOf(() -> cloud.rootKeys().delete(INSTANCE, "k"))).isInstanceOf(Fault.UnknownOutcome.class);
        assertThat(faultOf(() -> cloud.kmsInstances().delete("g"))).isInstanceOf(Fault.UnknownOutcome.class);
        assertThat(faultOf(() -> cloud.authorizationPolicies().delete("p"))).isInstanceOf(Fault.UnknownOutcome.class);
        assertThat(server.requests().stream().filter(request -> request.method().equals("DELETE"))).hasSize(3);
    }

    @Test
    void key_protects_own_code_and_words_are_kept() {
        server.answer(request -> Reply.json(409, Answers.keyError(
                "PROTECTED_RESOURCE_ERR", "Key is protecting one or more cloud resources"), "Correlation-Id: c-1"));
        var fault = faultOf(() -> cloud.rootKeys().delete(INSTANCE, "k"));
        assertThat(fault).isInstanceOf(Fault.Permanent.class);
        assertThat(fault.code()).isEqualTo(FaultCode.KEY_IN_USE);
        assertThat(fault.answer()).hasToString("Key Protect: delete root key: HTTP 409 PROTECTED_RESOURCE_ERR: "
                + "Key is protecting one or more cloud resources (transaction c-1)");
        assertThat(server.requests().getFirst().target()).contains("force=false");
    }

    @Test
    void an_alias_that_is_taken_is_an_answer() {
        server.answer(request -> Reply.json(409, Answers.keyError("KEY_ALIAS_NOT_UNIQUE_ERR", "not unique")));
        assertThat(cloud.rootKeys().create(INSTANCE, NEW_KEY)).isEqualTo(new RootKeys.Creation.AliasTaken());
    }

    @Test
    void a_conflicting_policy_is_named_whether_iam_gives_it_whole_or_by_id() {
        server.answer(request -> Reply.json(409, Answers.conflict("{\"id\":\"p-1\",\"description\":\"mark\"}")));
        assertThat(cloud.authorizationPolicies().create(NEW_AUTHORIZATION)).isEqualTo(
                new AuthorizationPolicies.Creation.Duplicate(Optional.of("p-1"), Optional.of("mark")));
        server.answer(request -> Reply.json(409, Answers.conflict("\"p-2\"")));
        assertThat(cloud.authorizationPolicies().create(NEW_AUTHORIZATION)).isEqualTo(
                new AuthorizationPolicies.Creation.Duplicate(Optional.of("p-2"), Optional.empty()));
    }

    @Test
    void a_conflict_that_names_no_policy_is_a_conflict() {
        server.answer(request -> Reply.json(409, "{\"trace\":\"t\",\"errors\":[{\"code\":\"role_conflict_error\"}]}"));
        assertThat(faultOf(() -> cloud.authorizationPolicies().create(NEW_AUTHORIZATION)).code())
                .isEqualTo(FaultCode.CONFLICT);
    }

    @Test
    @Tag("case-31")
    void an_answer_spoilt_in_any_one_place_is_a_fault_or_no_matter_but_never_a_crash() {
        var random = new SplittableRandom(7);
        var answers = Map.<Work, String>of(
                () -> cloud.kmsInstances().create(NEW_INSTANCE), Answers.instance(Answers.GUID, "hpc-1-kms", "active"),
                () -> cloud.kmsInstances().named("hpc-1-kms"),
                Answers.instances("\"/v2?start=x\"", Answers.instance(Answers.GUID, "hpc-1-kms", "active")),
                () -> cloud.rootKeys().create(INSTANCE, NEW_KEY), Answers.keys(Answers.key("k", "hpc-1-key", 1, false)),
                () -> cloud.rootKeys().named(INSTANCE, "hpc-1-key"),
                Answers.keys(Answers.key("k", "hpc-1-key", 1, false)),
                () -> cloud.authorizationPolicies().create(NEW_AUTHORIZATION), Answers.policy("p", Answers.GUID),
                () -> cloud.authorizationPolicies().all().whole(),
                "{\"policies\":[" + Answers.policy("p", Answers.GUID) + "],\"next\":{\"start\":\"x\"}}");
        var conflict = Answers.conflict(Answers.policy("p", Answers.GUID));
        for (int round = 0; round < 100; round++) {
            for (var entry : answers.entrySet()) {
                survives(entry.getKey(), 200, spoilt(entry.getValue(), random));
            }
            survives(() -> cloud.authorizationPolicies().create(NEW_AUTHORIZATION), 409, spoilt(conflict, random));
            survives(() -> cloud.rootKeys().create(INSTANCE, NEW_KEY), 409,
                    spoilt(Answers.keyError("KEY_ALIAS_NOT_UNIQUE_ERR", "taken"), random));
        }
    }

    private void survives(Work call, int status, String body) {
        server.answer(request -> Reply.json(status, body));
        try {
            call.run();
        } catch (FaultException fault) {
            assertThat(fault.fault()).isNotNull();
        } catch (Exception crash) {
            throw new AssertionError("with " + body, crash);
        }
    }

    /// The same JSON with another value in one place.
    private static String spoilt(String json, SplittableRandom random) {
        var root = JsonParser.parseString(json);
        var places = new ArrayList<Consumer<JsonElement>>();
        collect(root, places);
        var values = List.of("null", "7", "-1e400", "\"x\"", "\"\"", "[]", "{}", "true", "[null]", "[7]", "[{}]",
                "{\"id\":null}");
        places.get(random.nextInt(places.size()))
                .accept(JsonParser.parseString(values.get(random.nextInt(values.size()))));
        return new GsonBuilder().serializeNulls().create().toJson(root);
    }

    private static void collect(JsonElement parent, List<Consumer<JsonElement>> places) {
        if (parent.isJsonObject()) {
            parent.getAsJsonObject().asMap().forEach((name, value) -> {
                places.add(other -> parent.getAsJsonObject().add(name, other));
                collect(value, places);
            });
        } else if (parent.isJsonArray()) {
            for (int at = 0; at < parent.getAsJsonArray().size(); at++) {
                int place = at;
                places.add(other -> parent.getAsJsonArray().set(place, other));
                collect(parent.getAsJsonArray().get(at), places);
            }
        }
    }

    @Test
    void refusals_are_told_apart() {
        assertThat(refused(403, "{\"message\":\"You are not authorized\"}")).isEqualTo(FaultCode.FORBIDDEN);
        assertThat(refused(400, "{\"message\":\"The quota is used up\"}")).isEqualTo(FaultCode.QUOTA_EXCEEDED);
        assertThat(refused(403, "{\"message\":\"You have exceeded the limit of services\"}"))
                .isEqualTo(FaultCode.QUOTA_EXCEEDED);
        assertThat(refused(400, "{\"message\":\"no such plan\"}")).isEqualTo(FaultCode.INVALID);
        assertThat(refused(404, "{\"message\":\"no such resource group\"}")).isEqualTo(FaultCode.NOT_FOUND);
        assertThat(refused(418, "")).isEqualTo(FaultCode.INVALID);
    }

    private FaultCode refused(int status, String body) {
        server.answer(request -> Reply.json(status, body));
        var fault = faultOf(() -> cloud.kmsInstances().create(NEW_INSTANCE));
        assertThat(fault).isInstanceOf(Fault.Permanent.class);
        return fault.code();
    }

    /// Leaves a token and a kept connection, on which OkHttp would send again what fails.
    private void warmUp() {
        server.answer(request -> Reply.json(404, "{}"));
        assertThat(cloud.rootKeys().byId(INSTANCE, "k")).isEmpty();
    }

    private static String tokenOf(int number) {
        return JsonParser.parseString(RawServer.token(number)).getAsJsonObject().get("access_token")
                .getAsString();
    }

    private static Fault faultOf(Runnable call) {
        return catchThrowableOfType(FaultException.class, call::run).fault();
    }

    private interface Work {
        void run() throws Exception;
    }

    private static Duration timed(Work work) {
        long start = System.nanoTime();
        try {
            work.run();
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static void all(int threads, Callable<?> call) throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<? extends Future<?>> running =
                    IntStream.range(0, threads).mapToObj(number -> executor.submit(call)).toList();
            for (var each : running) {
                each.get();
            }
        }
    }

    private static IbmCloudSettings settings(URI url) {
        return settings(url, CALL_TIMEOUT);
    }

    private static IbmCloudSettings settings(URI url, Duration callTimeout) {
        return new IbmCloudSettings(
                url, url, new KeyProtectUrl.Given(url.toString()), new Credentials.ApiKey(new Secret(API_KEY)), "acc",
                Duration.ofMillis(500),
                callTimeout, 1000,
                1000, 1000);
    }

    /// Time as it is, but for waiting, which is skipped over.
    private static final class SkippingTime implements MonotonicTime {
        private final AtomicLong skipped = new AtomicLong();

        @Override
        public long nanoTime() {
            return System.nanoTime() + skipped.get();
        }

        @Override
        public void sleep(Duration duration) {
            skipped.addAndGet(duration.toNanos());
        }
    }
}
