package io.keyfold.acceptance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// Stands between the workers and the emulated IAM, and learns which tokens there are.
final class TokenTap implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    /// What the client sets by itself.
    private static final Set<String> NOT_PASSED_ON = Set.of("host", "connection", "content-length", "accept-encoding");

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;
    private final Consumer<String> taker;
    private final HttpServer server;

    /// @param url   where IAM is
    /// @param taker takes each token
    TokenTap(String url, Consumer<String> taker) {
        this.url = url;
        this.taker = taker;
        try {
            this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException("no port for the tap", e);
        }
        server.createContext("/", this::passOn);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void passOn(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            var request = HttpRequest.newBuilder(URI.create(url + exchange.getRequestURI()))
                    .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
            exchange.getRequestHeaders().forEach((name, values) -> {
                if (!NOT_PASSED_ON.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                    values.forEach(value -> request.header(name, value));
                }
            });
            var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            var token = JSON.readTree(answer.body()).path("access_token");
            if (token.isTextual()) {
                taker.accept(token.asText());
            }
            answer.headers().map().forEach((name, values) -> {
                if (!name.equalsIgnoreCase("content-length") && !name.equalsIgnoreCase("connection")) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        http.close();
    }
}
