package io.keyfold.workers.ibmcloud;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/// A server that answers bytes of the test's choosing, or nothing, and keeps what it was sent. For what no well-behaved
/// server does.
final class RawServer implements AutoCloseable {
    static final String IAM_ID = "iam-ServiceId-0000";

    private final ServerSocket listening;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Map<Socket, Boolean> connections = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicInteger tokens = new AtomicInteger();
    private volatile Function<Request, Reply> script;
    private volatile Function<Integer, Reply> tokenScript = number -> Reply.json(200, token(number));

    record Request(String method, String target, Map<String, String> headers, String body) {
        boolean is(String wantedMethod, String path) {
            return method.equals(wantedMethod) && target.startsWith(path);
        }
    }

    sealed interface Reply {
        record Bytes(ByteString bytes) implements Reply {}

        /// The connection is reset, and no answer sent.
        record Reset() implements Reply {}

        /// No answer, as long as the server lives.
        record Silence() implements Reply {}

        /// One more byte whenever the last has gone, for ever.
        record Trickle() implements Reply {}

        static Reply json(int status, String body, String... headers) {
            return of(status, "application/json", body.getBytes(StandardCharsets.UTF_8), headers);
        }

        static Reply of(int status, String type, byte[] body, String... headers) {
            var head = new StringBuilder("HTTP/1.1 " + status + " Whatever\r\nContent-Type: " + type
                    + "\r\nContent-Length: " + body.length + "\r\n");
            for (var header : headers) {
                head.append(header).append("\r\n");
            }
            var bytes = new ByteArrayOutputStream();
            bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            bytes.writeBytes(body);
            return new Bytes(ByteString.of(bytes.toByteArray()));
        }
    }

    RawServer(Function<Request, Reply> script) throws IOException {
        this.script = script;
        this.listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    void answer(Function<Request, Reply> newScript) {
        script = newScript;
    }

    /// @param newScript by the number of the token request, from 1
    void answerTokens(Function<Integer, Reply> newScript) {
        tokenScript = newScript;
    }

    /// Without those for tokens.
    List<Request> requests() {
        return List.copyOf(requests);
    }

    long count(String method, String path) {
        return requests.stream().filter(request -> request.is(method, path)).count();
    }

    int tokenRequests() {
        return tokens.get();
    }

    static String token(int number) {
        var claims = Base64.getUrlEncoder().withoutPadding()
                .encodeToString(
                        ("{\"iam_id\":\"" + IAM_ID + "\",\"n\":" + number + "}").getBytes(StandardCharsets.UTF_8));
        long now = System.currentTimeMillis() / 1000;
        return "{\"access_token\":\"eyJhbGciOiJub25lIn0." + claims + ".x\",\"refresh_token\":\"not_supported\","
                + "\"token_type\":\"Bearer\",\"expires_in\":3600,\"expiration\":" + (now + 3600)
                + ",\"scope\":\"ibm openid\"}";
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                var connection = listening.accept();
                connections.put(connection, true);
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            var in = new BufferedInputStream(connection.getInputStream());
            var request = read(in);
            while (request != null) {
                Reply reply;
                if (request.target.endsWith("/identity/token")) {
                    reply = tokenScript.apply(tokens.incrementAndGet());
                } else {
                    requests.add(request);
                    reply = script.apply(request);
                }
                if (!send(reply, connection)) {
                    return;
                }
                request = read(in);
            }
        } catch (IOException | InterruptedException gone) {
            // The client has hung up, or the test is over.
        } finally {
            connections.remove(connection);
        }
    }

    private boolean send(Reply reply, Socket connection) throws IOException, InterruptedException {
        var out = connection.getOutputStream();
        switch (reply) {
            case Reply.Bytes(var bytes) -> bytes.write(out);
            case Reply.Reset() -> {
                connection.setSoLinger(true, 0);
                return false;
            }
            case Reply.Silence() -> closing.await();
            case Reply.Trickle() -> {
                out.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{"
                        .getBytes(StandardCharsets.ISO_8859_1));
                while (!closing.await(20, TimeUnit.MILLISECONDS)) {
                    out.write(' ');
                    out.flush();
                }
            }
        }
        out.flush();
        return true;
    }

    private static @Nullable Request read(InputStream in) throws IOException {
        var first = line(in);
        if (first.isEmpty()) {
            return null;
        }
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        for (var line = line(in); !line.isEmpty(); line = line(in)) {
            headers.put(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1).strip());
        }
        var body = new ByteArrayOutputStream();
        if (headers.getOrDefault("Transfer-Encoding", "").toLowerCase(Locale.ROOT).equals("chunked")) {
            for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
                body.writeBytes(in.readNBytes(size));
                line(in);
            }
            line(in);
        } else {
            body.writeBytes(in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0"))));
        }
        var parts = first.split(" ", -1);
        return new Request(parts[0], parts[1], headers, body.toString(StandardCharsets.UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        closing.countDown();
        listening.close();
        for (var connection : connections.keySet()) {
            connection.close();
        }
    }
}
