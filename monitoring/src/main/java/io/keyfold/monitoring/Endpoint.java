package io.keyfold.monitoring;

import com.fasterxml.jackson.core.JsonFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers three paths: `/metrics` in Prometheus' text format, `/health/live` and `/health/ready` in that of MicroProfile
/// Health. 200 is good, 503 is not.
final class Endpoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);

    private static final String METRICS = "/metrics";
    private static final String LIVE = "/health/live";
    private static final String READY = "/health/ready";
    private static final String PATHS = METRICS + "\n" + LIVE + "\n" + READY + "\n";

    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String PLAIN = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";

    /// Whoever sends nothing, or takes nothing, is not waited for. The JDK's server reads these before it is first used.
    private static final Map<String, String> LONGEST_EXCHANGE =
            Map.of("sun.net.httpserver.maxReqTime", "10", "sun.net.httpserver.maxRspTime", "30");

    private static final JsonFactory FACTORY = new JsonFactory();

    private final HttpServer server;
    private final ExecutorService threads;
    private final String host;

    private Endpoint(HttpServer server, ExecutorService threads, String host) {
        this.server = server;
        this.threads = threads;
        this.host = host;
    }

    private record Answer(int status, String type, String body) {}

    /// @throws IllegalArgumentException if it cannot listen there
    static Endpoint start(MonitoringSettings listening, Supplier<String> metrics, Supplier<Vitals> vitals) {
        LONGEST_EXCHANGE.forEach((name, seconds) -> System.getProperties().putIfAbsent(name, seconds));
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(listening.host(), listening.port()), 0);
        } catch (IOException | RuntimeException e) { // unresolved hosts are told by a runtime exception
            throw new IllegalArgumentException(
                    "metrics cannot be shown on " + listening.host() + ":" + listening.port() + " (" + e.getMessage()
                            + "). Choose another " + MonitoringSettings.PORT + " or " + MonitoringSettings.HOST,
                    e);
        }
        var threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("monitoring-", 0).factory());
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                answer(exchange, metrics, vitals);
            }
        });
        server.start();
        return new Endpoint(server, threads, listening.host());
    }

    URI address() {
        return URI.create(
                "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.getAddress().getPort());
    }

    private static void answer(HttpExchange exchange, Supplier<String> metrics, Supplier<Vitals> vitals)
            throws IOException {
        Answer answer;
        try {
            answer = answer(exchange.getRequestMethod(), exchange.getRequestURI().getPath(), metrics, vitals);
        } catch (RuntimeException e) {
            LOG.error("{} cannot be answered", exchange.getRequestURI().getPath(), e);
            answer = new Answer(500, PLAIN, "This is a bug of Keyfold's; its log says more.\n");
        }
        if (answer.status == 405) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        }
        exchange.getResponseHeaders().set("Content-Type", answer.type);
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(answer.status, -1);
        } else {
            exchange.sendResponseHeaders(answer.status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static Answer answer(String method, String path, Supplier<String> metrics, Supplier<Vitals> vitals) {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return new Answer(405, PLAIN, "Only GET and HEAD.\n");
        }
        return switch (path) {
            case METRICS -> new Answer(200, PROMETHEUS_TEXT, metrics.get());
            case LIVE -> answer(asked(vitals.get(), Vitals::live));
            case READY -> answer(asked(vitals.get(), Vitals::ready));
            default -> new Answer(404, PLAIN, PATHS);
        };
    }

    private static Answer answer(Health health) {
        return new Answer(health.isGood() ? 200 : 503, JSON, json(health));
    }

    /// One that cannot say how it is, is not well.
    static Health asked(Vitals vitals, Function<Vitals, Health> question) {
        try {
            return question.apply(vitals);
        } catch (RuntimeException e) {
            LOG.warn("This process cannot say how it is", e);
            return Health.of(new Health.Check("health", false, "It cannot be told; the log says why."));
        }
    }

    private static String json(Health health) {
        var text = new StringWriter();
        try (var json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("status", status(health.isGood()));
            json.writeArrayFieldStart("checks");
            for (var check : health.checks()) {
                json.writeStartObject();
                json.writeStringField("name", check.name());
                json.writeStringField("status", status(check.isGood()));
                json.writeObjectFieldStart("data");
                json.writeStringField("words", check.words());
                json.writeEndObject();
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("A string cannot be written to", e);
        }
        return text + "\n";
    }

    private static String status(boolean isGood) {
        return isGood ? "UP" : "DOWN";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
