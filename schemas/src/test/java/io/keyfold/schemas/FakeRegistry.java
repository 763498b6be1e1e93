package io.keyfold.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// Answers registration's calls as Confluent's registry does, and can be told to refuse.
final class FakeRegistry implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    final Map<String, List<JsonNode>> versions = new HashMap<>();
    final Map<String, String> levels = new HashMap<>();
    final List<String> calls = new CopyOnWriteArrayList<>();
    final List<String> authorizations = new CopyOnWriteArrayList<>();
    String refusesVersionsWith = "";

    private final HttpServer server;

    FakeRegistry() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getPath();
        calls.add(method + " " + path);
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        byte[] body = exchange.getRequestBody().readAllBytes();
        String subject = path.split("/", -1)[2];
        switch (method + " " + path.replace(subject, "*")) {
            case "POST /subjects/*" -> {
                boolean known =
                        versions.getOrDefault(subject, List.of()).contains(JSON.readTree(body).get("schema"));
                answer(exchange, known ? 200 : 404, known ? "{\"id\":1}" : "{\"message\":\"Schema not found\"}");
            }
            case "POST /subjects/*/versions" -> {
                if (refusesVersionsWith.isEmpty()) {
                    versions.computeIfAbsent(subject, name -> new ArrayList<>())
                            .add(JSON.readTree(body).get("schema"));
                    answer(exchange, 200, "{\"id\":1}");
                } else {
                    answer(exchange, 409, "{\"message\":\"" + refusesVersionsWith + "\"}");
                }
            }
            case "PUT /config/*" -> {
                levels.put(subject, JSON.readTree(body).get("compatibility").asText());
                answer(exchange, 200, "{\"compatibility\":\"" + levels.get(subject) + "\"}");
            }
            case "GET /config/*" -> answer(
                    exchange,
                    200,
                    "{\"compatibilityLevel\":\"" + levels.getOrDefault(subject, "BACKWARD") + "\"}");
            default -> answer(exchange, 404, "{\"message\":\"HTTP 404 Not Found\"}");
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
