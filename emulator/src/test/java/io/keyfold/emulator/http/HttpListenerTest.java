package io.keyfold.emulator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class HttpListenerTest {

    private final List<HttpRequest> seen = new CopyOnWriteArrayList<>();
    private HttpListener listener;

    @BeforeEach
    void start() throws IOException {
        listener = HttpListener.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), request -> {
            seen.add(request);
            return HttpHandler.Reply.whole(HttpResponse.text(200, "text/plain", request.text()));
        });
    }

    @AfterEach
    void stop() {
        listener.close();
    }

    /// All that is answered until the server ends the connection.
    private String exchange(String sent) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private HttpRequest only() {
        assertThat(seen).hasSize(1);
        return seen.getFirst();
    }

    @Test
    void a_chunked_body_is_put_together() throws IOException {
        String head = "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        String chunks = String.join("\r\n", "5", "hello", "6;x=y", " world", "0", "Trailer: t", "", "");
        String answer = exchange(head + chunks);

        assertThat(only().text()).isEqualTo("hello world");
        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nhello world");
    }

    @Test
    void requests_one_after_the_other_share_a_connection() throws IOException {
        exchange("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\nConnection: close\r\n\r\n");
        assertThat(seen).extracting(HttpRequest::target).containsExactly("/1", "/2");
        assertThat(listener.acceptedConnections()).isEqualTo(1);
    }

    @Test
    void a_client_that_waits_for_100_gets_it() throws IOException {
        String answer = exchange("POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n"
                + "Connection: close\r\n\r\nhi");
        assertThat(answer).startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK");
    }

    @Test
    void an_encoded_slash_stays_in_its_segment() throws IOException {
        exchange("GET /v2/crn:v1:a%2Facc:g::?name=a%20b&x=1%2B1 HTTP/1.1\r\nConnection: close\r\n\r\n");
        assertThat(only().segments()).containsExactly("v2", "crn:v1:a/acc:g::");
        assertThat(only().query("name")).contains("a b");
        assertThat(only().query("x")).contains("1+1");
    }

    @Test
    void a_head_has_the_length_but_no_body() throws IOException {
        String answer = exchange("HEAD / HTTP/1.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
        assertThat(answer).contains("Content-Length: 2").endsWith("\r\n\r\n");
    }

    @Test
    void what_is_not_http_is_refused_and_ends_the_connection() throws IOException {
        List<String> bad = new ArrayList<>(List.of("nonsense\r\n\r\n", "GET x HTTP/1.1\r\n\r\n",
                "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: abc\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n"));
        for (String request : bad) {
            assertThat(exchange(request)).startsWith("HTTP/1.1 400 ");
        }
        assertThat(seen).isEmpty();
    }

    @Test
    @Tag("case-119")
    void heads_and_bodies_are_bounded() throws IOException {
        assertThat(exchange("POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n")).startsWith("HTTP/1.1 413 ");
        assertThat(exchange("GET / HTTP/1.1\r\nX: " + "x".repeat(70_000))).startsWith("HTTP/1.1 431 ");
    }

    @Test
    void a_bug_in_a_handler_is_a_500_and_not_a_dead_connection() throws IOException {
        try (var broken = HttpListener.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), _ -> {
            throw new IllegalStateException("as planned");
        }); var socket = new Socket(InetAddress.getLoopbackAddress(), broken.port())) {
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 500 ").contains("as planned");
        }
    }

    @Test
    void connections_are_counted_while_they_last() throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(in.read()).isEqualTo('H');
            assertThat(listener.openConnections()).isEqualTo(1);
        }
        Awaitility.await().until(() -> listener.openConnections() == 0);
        assertThat(listener.mostConnectionsAtOnce()).isEqualTo(1);
    }
}
