package io.keyfold.cli.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/// The emulator's admin API, as far as a benchmark turns its dials and reads them.
final class EmulatorDials implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RULE = "bench-latency";

    private final URI address;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    EmulatorDials(URI address) {
        this.address = address;
    }

    EmulatedCalls calls() {
        return EmulatedCalls.of(call(request("counts").GET()));
    }

    /// From now on every call takes so much longer.
    void delayEachCall(Duration latency) {
        var rule = JsonNodeFactory.instance.objectNode().put("name", RULE).put("operation", "*");
        rule.putObject("fault").put("type", "latency").put("ms", latency.toMillis());
        call(request("faults").POST(BodyPublishers.ofString(rule.toString())));
    }

    void delayNoCall() {
        call(request("faults/" + RULE).DELETE());
    }

    @Override
    public void close() {
        http.close();
    }

    private HttpRequest.Builder request(String what) {
        return HttpRequest.newBuilder(address.resolve("/emulator/" + what)).timeout(PATIENCE)
                .header("Content-Type", "application/json");
    }

    private JsonNode call(HttpRequest.Builder request) {
        try {
            var response = http.send(request.build(), BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw new IllegalStateException(
                        "The emulator answers " + response.statusCode() + " " + response.body());
            }
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException("The emulator at " + address + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }
}
