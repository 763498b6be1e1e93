package io.keyfold.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A vault as root-key workers see it (KV version 2), which says more about who it refuses than it should.
final class FakeVault implements AutoCloseable {
    private final Map<String, String> kept = new ConcurrentHashMap<>();
    private final String token;
    private final HttpServer server;

    FakeVault(String token) {
        this.token = token;
        try {
            this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException("no port for the vault", e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/secret/data";
    }

    String token() {
        return token;
    }

    void keep(String name, String material) {
        kept.put("/v1/secret/data/" + name, material);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String material = kept.getOrDefault(exchange.getRequestURI().getPath(), "");
            boolean isKnown = token.equals(exchange.getRequestHeaders().getFirst("X-Vault-Token"));
            boolean isGiven = isKnown && !material.isEmpty();
            byte[] body = (isGiven ? "{\"data\":{\"data\":{\"material\":\"" + material + "\"}}}"
                    : "{\"errors\":[\"permission denied for token " + token + "\"]}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(isGiven ? 200 : 403, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
