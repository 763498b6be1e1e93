package io.keyfold.workflow.stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// As much of the Confluent REST API as a serializer and a deserializer need; and it can be out of order.
final class SmallRegistry implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final List<String> schemas = new ArrayList<>();
    private volatile boolean broken;

    SmallRegistry() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void breakDown() {
        broken = true;
    }

    void recover() {
        broken = false;
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (broken) {
            reply(exchange, 503, Map.of("error_code", 50301, "message", "out of order"));
        } else if (path.startsWith("/schemas/ids/")) {
            int id = Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
            if (id > schemas.size()) {
                reply(exchange, 404, Map.of("error_code", 40403, "message", "Schema " + id + " not found"));
            } else {
                reply(exchange, 200, Map.of("schema", schemas.get(id - 1)));
            }
        } else {
            String schema = JSON.readTree(exchange.getRequestBody()).get("schema").textValue();
            if (!schemas.contains(schema)) {
                schemas.add(schema);
            }
            reply(exchange, 200, Map.of("id", schemas.indexOf(schema) + 1));
        }
    }

    private static void reply(HttpExchange exchange, int status, Map<String, ?> body) throws IOException {
        try (exchange) {
            byte[] bytes = JSON.writeValueAsBytes(body);
            exchange.getResponseHeaders().add("Content-Type", "application/vnd.schemaregistry.v1+json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
