package io.keyfold.cli.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/// The emulator's admin API: docs/emulator.md says what there is.
public final class EmulatorAdmin implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI address;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    /// @param address where the emulator listens
    public EmulatorAdmin(URI address) {
        this.address = address;
    }

    public JsonNode get(String what) {
        return call(request(what).GET());
    }

    public JsonNode post(String what, JsonNode body) {
        return call(request(what).POST(BodyPublishers.ofString(body.toString())));
    }

    public void delete(String what) {
        call(request(what).DELETE());
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
