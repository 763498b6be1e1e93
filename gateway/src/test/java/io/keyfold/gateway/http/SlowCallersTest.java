package io.keyfold.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("case-119")
class SlowCallersTest {
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final String HALF_A_HEAD = "GET / HTTP/1.1\r\nHost: loc";
    private static final String HALF_A_BODY = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{";
    private static final String WHOLE = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
    private static final Duration WITHIN = Duration.ofSeconds(60);

    private final SlowCallers slow = new SlowCallers(PATIENCE);
    private final CountDownLatch somethingToTell = new CountDownLatch(1);
    private WebServer server;

    @BeforeEach
    void start() {
        server = WebServer.builder().host("127.0.0.1").port(0).shutdownHook(false)
                .connectionOptions(slow.watching(SocketOptions.create()))
                .routing(
                        routing -> routing.addFilter(slow.filter("/events"))
                                .get("/events", (_, response) -> {
                                    somethingToTell.await();
                                    response.send("told");
                                })
                                .post("/", (request, response) -> response.send(request.content().as(String.class))))
                .build().start();
    }

    @AfterEach
    void stop() {
        somethingToTell.countDown();
        server.stop();
        slow.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", HALF_A_HEAD, HALF_A_BODY, WHOLE + HALF_A_HEAD, WHOLE + HALF_A_BODY})
    void who_does_not_send_a_request_to_its_end_is_sent_away(String sent) throws Exception {
        try (var socket = sending(sent)) {
            String told = rest(socket);

            assertThat(told.split("HTTP/1.1 200", -1).length - 1).as(told).isEqualTo(sent.startsWith(WHOLE) ? 1 : 0);
        }
    }

    @Test
    void who_sends_a_little_at_a_time_is_sent_away_too() throws Exception {
        try (var socket = sending("GET / HTTP/1.1\r\nX: ");
                var clock = Executors.newSingleThreadScheduledExecutor()) {
            var trickle = clock.scheduleAtFixedRate(() -> send("y", socket), 0, 50, TimeUnit.MILLISECONDS);

            assertThatThrownBy(() -> trickle.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS))
                    .isInstanceOf(ExecutionException.class).hasRootCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void who_waits_for_what_has_no_end_is_left_alone() throws Exception {
        try (var following = sending("GET /events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
                var other = sending(HALF_A_HEAD)) {
            assertThat(rest(other)).isEmpty(); // so its time is over, and that of who came before too
            somethingToTell.countDown();

            assertThat(rest(following)).contains("HTTP/1.1 200").contains("told");
        }
    }

    private Socket sending(String bytes) throws Exception {
        var socket = new Socket("127.0.0.1", server.port());
        socket.setSoTimeout((int) WITHIN.toMillis());
        send(bytes, socket);
        return socket;
    }

    private static void send(String bytes, Socket socket) {
        try {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String rest(Socket socket) throws Exception {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
