package io.keyfold.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.schemas.Topics;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Map;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnlyWhoMayIsLetInIT {
    private static final GatewaySite SITE = GatewaySite.shared();
    private static final String VIEWER = "viewer-0123456789abcdef0123456789abcdef";
    private static final String REQUESTER = "requester-0123456789abcdef0123456789abcdef";
    private static final String OPERATOR = "operator-0123456789abcdef0123456789abcdef";

    private static final String HALF_A_HEAD = "GET /api/v1/fleet HTTP/1.1\r\nHost: loc";
    private static final String HALF_A_BODY =
            "POST /api/v1/clusters/default/gate-1/verify HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{";

    @TempDir
    private static Path directory;
    private static Gateway open;
    private static Gateway withTokens;

    @BeforeAll
    static void start() throws Exception {
        SITE.publish(Statuses.completed("gate-1").build());
        SITE.flush();
        var tokens = Files.writeString(
                directory.resolve("tokens"),
                "vera view sha256:" + hash(VIEWER) + "\nrita request sha256:" + hash(REQUESTER)
                        + "\nolga operate sha256:" + hash(OPERATOR) + "\n");
        open = SITE.gateway(Map.of());
        withTokens = SITE.gateway(Map.of("gateway.tokens.file", tokens.toString()));
    }

    @AfterAll
    static void stop() {
        open.close();
        withTokens.close();
    }

    @Test
    @Tag("case-116")
    void without_a_known_token_nothing_is_told() throws Exception {
        for (var header : new String[]{"", "Bearer wrong", "Basic dmVyYQ==", "Bearer"}) {
            var answer = header.isEmpty() ? SITE.get(withTokens, "/api/v1/fleet")
                    : SITE.get(withTokens, "/api/v1/fleet", "Authorization", header);

            assertThat(answer.statusCode()).as(header).isEqualTo(401);
            assertThat(answer.headers().firstValue("www-authenticate").orElseThrow()).startsWith("Bearer");
        }
        assertThat(SITE.get(withTokens, "/livez").statusCode()).isEqualTo(200);
        assertThat(SITE.get(withTokens, "/openapi.json").statusCode()).isEqualTo(200);
    }

    @Test
    @Tag("case-116")
    void each_role_may_do_what_it_may_and_no_more() throws Exception {
        assertThat(asks(VIEWER, "verify")).isEqualTo(403);
        assertThat(asks(REQUESTER, "verify")).isEqualTo(202);
        assertThat(asks(REQUESTER, "deprovision")).isEqualTo(403);
        assertThat(asks(OPERATOR, "deprovision")).isEqualTo(202);
        for (var token : new String[]{VIEWER, REQUESTER, OPERATOR}) {
            assertThat(SITE.get(withTokens, "/api/v1/fleet", "Authorization", "Bearer " + token).statusCode())
                    .isEqualTo(200);
        }
    }

    private static int asks(String token, String action) throws Exception {
        return SITE.post(
                withTokens, "/api/v1/clusters/default/gate-1/" + action, "{}", "Authorization", "Bearer " + token)
                .statusCode();
    }

    @Test
    void the_audit_learns_who_has_shown_who_it_is_whatever_the_body_says() throws Exception {
        var body = "{\"request_id\": \"gate-order\", \"cluster_prefix\": \"gate-2\", \"region\": \"eu-de\","
                + " \"requested_by\": \"the boss\"}";

        SITE.post(withTokens, "/api/v1/clusters", body, "Authorization", "Bearer " + REQUESTER);

        assertThat(SITE.read(Topics.CLUSTER_DEPLOY_REQUESTED))
                .filteredOn(deploy -> deploy.getRequestId().equals("gate-order"))
                .extracting(deploy -> deploy.getRequestedBy()).containsExactly("the boss (by rita)");
    }

    @Test
    @Tag("case-116")
    void under_a_name_that_is_not_ours_nothing_is_answered() throws Exception {
        assertThat(raw("GET /api/v1/fleet HTTP/1.1\r\nHost: evil.example\r\n")).startsWith("HTTP/1.1 421");
        assertThat(raw("GET / HTTP/1.1\r\nHost: evil.example:" + open.address().getPort() + "\r\n"))
                .startsWith("HTTP/1.1 421");
        assertThat(raw("GET /api/v1/fleet HTTP/1.1\r\nHost: localhost\r\n")).startsWith("HTTP/1.1 200");
    }

    @Test
    @Tag("case-116")
    void a_page_of_another_site_can_neither_ask_nor_look() throws Exception {
        var post = "POST /api/v1/clusters/default/gate-1/verify HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/json\r\nContent-Length: 2\r\n";

        assertThat(raw(post + "Origin: https://evil.example\r\n", "{}")).startsWith("HTTP/1.1 403");
        assertThat(raw(post + "Origin: null\r\n", "{}")).startsWith("HTTP/1.1 403");
        assertThat(raw(post + "Sec-Fetch-Site: cross-site\r\n", "{}")).startsWith("HTTP/1.1 403");
        assertThat(raw(post + "Origin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n", "{}"))
                .startsWith("HTTP/1.1 202");
        assertThat(raw("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\n"))
                .startsWith("HTTP/1.1 403");
    }

    @Test
    @Tag("case-119")
    void what_is_no_request_is_refused_as_a_problem() throws Exception {
        assertThat(raw("GARBAGE\r\n")).contains("application/problem+json");
        assertThat(raw("GET /api/v1/fleet HTTP/1.1\r\nHost: localhost\r\nX: " + "y".repeat(40_000) + "\r\n"))
                .startsWith("HTTP/1.1 4");
    }

    @Test
    @Tag("case-119")
    void who_sends_slowly_holds_up_nobody() throws Exception {
        var slow = new ArrayList<Socket>();
        try {
            for (var number = 0; number < 100; number++) {
                slow.add(sending(HALF_A_HEAD));
                slow.add(sending(HALF_A_BODY));
            }

            assertThat(raw("GET /api/v1/fleet HTTP/1.1\r\nHost: localhost\r\n")).startsWith("HTTP/1.1 200");
        } finally {
            for (var socket : slow) {
                socket.close();
            }
        }
    }

    private static Socket sending(String bytes) throws Exception {
        var socket = new Socket("127.0.0.1", open.address().getPort());
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    /// Sends bytes as no well-behaved client would, and reads the head of the answer.
    private static String raw(String head, String... body) throws Exception {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", open.address().getPort()));
            socket.setSoTimeout(30_000);
            var bytes = (head + "Connection: close\r\n\r\n" + String.join("", body)).getBytes(StandardCharsets.UTF_8);
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            var answer = new StringBuilder();
            for (var in = socket.getInputStream(); answer.indexOf("\r\n\r\n") < 0;) {
                var one = in.read();
                if (one < 0) {
                    break;
                }
                answer.append((char) one);
            }
            return answer.toString();
        }
    }

    @Test
    @Tag("case-116")
    void a_listed_certificate_says_who_calls() throws Exception {
        var authority = new HeldCertificate.Builder().certificateAuthority(0).commonName("authority").build();
        var own = new HeldCertificate.Builder().signedBy(authority).addSubjectAlternativeName("localhost")
                .addSubjectAlternativeName("127.0.0.1").build();
        var gateway = SITE.gateway(
                Map.of(
                        "gateway.tls.certificates.file", file("own.pem", own.certificatePem()),
                        "gateway.tls.key.file", file("own.key", own.privateKeyPkcs8Pem()),
                        "gateway.tls.client.authorities.file", file("authority.pem", authority.certificatePem()),
                        "gateway.subjects.file", file("subjects", "orders request CN=orders\n")));
        try {
            assertThat(gateway.address().getScheme()).isEqualTo("https");
            assertThat(status(gateway, authority, "orders")).isEqualTo(200);
            assertThat(status(gateway, authority, "somebody")).isEqualTo(401);
            assertThat(status(gateway, authority, "")).isEqualTo(401);
        } finally {
            gateway.close();
        }
    }

    private static int status(Gateway gateway, HeldCertificate authority, String name) throws Exception {
        var certificates = new HandshakeCertificates.Builder().addTrustedCertificate(authority.certificate());
        if (!name.isEmpty()) {
            certificates.heldCertificate(
                    new HeldCertificate.Builder().signedBy(authority).commonName(name).build());
        }
        try (var http = HttpClient.newBuilder().sslContext(certificates.build().sslContext()).build()) {
            var request = HttpRequest.newBuilder(gateway.address().resolve("/api/v1/fleet")).build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
        }
    }

    private static String file(String name, String text) throws Exception {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private static String hash(String token) throws Exception {
        return HexFormat.of().formatHex(
                MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    }
}
