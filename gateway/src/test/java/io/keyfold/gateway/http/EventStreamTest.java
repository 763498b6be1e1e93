package io.keyfold.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.helidon.webserver.WebServer;
import io.keyfold.gateway.Statuses;
import io.keyfold.gateway.fleet.Fleet;
import io.keyfold.gateway.fleet.Place;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EventStreamTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Fleet fleet = new Fleet();
    private final EventStream events = new EventStream(fleet, Clock.systemUTC(), 10, Duration.ofSeconds(1));
    private WebServer server;
    private long offset;

    @BeforeEach
    void start() {
        fleet.begin("topic", 1);
        events.start();
        server = WebServer.builder().host("127.0.0.1").port(0).shutdownHook(false)
                .routing(routing -> routing.get("/events", events::follow)).build().start();
    }

    @AfterEach
    void stop() {
        events.close();
        server.stop();
    }

    @Test
    @Tag("case-119")
    void a_follower_who_reads_nothing_is_dropped_and_holds_up_nobody() throws Exception {
        try (var deaf = follow(); var _ = follow()) {
            await().atMost(PATIENCE).until(() -> events.followers() == 2);
            // More than what lies in the sockets' buffers between the two.
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
                for (var number = 0; number < 1_000; number++) {
                    fleet.put(Statuses.completed("cluster-" + number).build(), new Place(0, offset++));
                }
                return events.followers() == 0;
            });
            assertThat(deaf.isConnected()).isTrue();
        }
    }

    @Test
    void its_end_ends_all_streams() throws Exception {
        try (var _ = follow()) {
            await().atMost(PATIENCE).until(() -> events.followers() == 1);

            events.close();

            await().atMost(PATIENCE).until(() -> events.followers() == 0);
        }
    }

    /// Asks for the events and reads none.
    private Socket follow() throws Exception {
        var socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
        socket.getOutputStream()
                .write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        return socket;
    }
}
