package io.keyfold.acceptance.crash;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;

/// All that one process says to the cloud goes through here, and ends here when the process dies.
final class Wire implements AutoCloseable {
    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "content-length", "host", "transfer-encoding", "upgrade", "expect", "date");
    private static final HttpClient CLOUD = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI cloud;
    private final Fate fate;
    private final HttpServer server;

    Wire(URI cloud, Fate fate) {
        this.cloud = cloud;
        this.fate = fate;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("No port for a wire to the cloud", e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::pass);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) { // whoever is dead gets no answer, but the end of the connection
            byte[] body = exchange.getRequestBody().readAllBytes();
            fate.beforeCall(words(exchange));
            HttpResponse<byte[]> reply = CLOUD.send(request(exchange, body), HttpResponse.BodyHandlers.ofByteArray());
            fate.beforeReply();
            reply.headers().map().forEach((name, values) -> {
                if (!isOfTheConnection(name)) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            exchange.sendResponseHeaders(reply.statusCode(), reply.body().length == 0 ? -1 : reply.body().length);
            exchange.getResponseBody().write(reply.body());
        } catch (Fate.Death _) {
            // closed without a reply
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpRequest request(HttpExchange exchange, byte[] body) {
        URI asked = exchange.getRequestURI();
        String query = asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery();
        var request = HttpRequest.newBuilder(URI.create(cloud + asked.getRawPath() + query)).method(
                exchange.getRequestMethod(),
                body.length == 0 ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!isOfTheConnection(name)) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return request.build();
    }

    private static boolean isOfTheConnection(String header) {
        return OF_THE_CONNECTION.contains(header.toLowerCase(Locale.ROOT));
    }

    /// The method and the path, without the ids in it.
    private static String words(HttpExchange exchange) {
        return exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath()
                .replaceAll("crn[^/]*|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}", "{id}")
                .replaceAll("/kf-[^/]*", "/{alias}");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
