package io.keyfold.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.GZIPInputStream;

/// Takes spans by OpenTelemetry's protocol over HTTP, as a collector does.
final class SpanReceiver implements AutoCloseable {
    private static final HexFormat HEX = HexFormat.of();

    private final HttpServer server;
    private final Queue<Span> received = new ConcurrentLinkedQueue<>();

    /// @param parentId empty if it has none
    record Span(
            String service, String name, String kind, String traceId, String spanId, String parentId,
            boolean hasFailed, Map<String, String> attributes) {
        String attribute(String key) {
            return attributes.getOrDefault(key, "");
        }
    }

    SpanReceiver() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/v1/traces", this::take);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// Every span so far, in the order in which they came; one that was sent twice is there twice.
    List<Span> all() {
        return List.copyOf(received);
    }

    List<Span> ofTrace(String traceId) {
        return received.stream().filter(span -> span.traceId().equals(traceId)).toList();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange; var body = exchange.getRequestBody()) {
            boolean isPacked = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            var request = ExportTraceServiceRequest.parseFrom(isPacked ? new GZIPInputStream(body) : body);
            for (var resource : request.getResourceSpansList()) {
                String service = attributes(resource.getResource().getAttributesList()).get("service.name");
                resource.getScopeSpansList().stream().flatMap(scope -> scope.getSpansList().stream())
                        .forEach(span -> received.add(span(String.valueOf(service), span)));
            }
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private static Span span(String service, io.opentelemetry.proto.trace.v1.Span span) {
        return new Span(
                service, span.getName(), span.getKind().name().replace("SPAN_KIND_", ""),
                HEX.formatHex(span.getTraceId().toByteArray()), HEX.formatHex(span.getSpanId().toByteArray()),
                HEX.formatHex(span.getParentSpanId().toByteArray()), span.getStatus().getCodeValue() == 2,
                attributes(span.getAttributesList()));
    }

    private static Map<String, String> attributes(List<KeyValue> list) {
        var attributes = new TreeMap<String, String>();
        for (KeyValue each : list) {
            var value = each.getValue();
            attributes.put(
                    each.getKey(),
                    value.hasStringValue() ? value.getStringValue() : String.valueOf(value.getIntValue()));
        }
        return attributes;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
