package io.keyfold.acceptance;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/// The health that a process shows on a port of its own, as whoever restarts it and whoever sends it work would ask for it.
///
/// @param name as whose health it is told
record Probes(String name, int port) {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// Has it shown there.
    Map<String, String> settings() {
        return Map.of("KEYFOLD_METRICS_PORT", Integer.toString(port));
    }

    /// @return the answer's status, 200 or 503
    int live() {
        return status("live");
    }

    void awaitReady(boolean isReady, Duration atMost) {
        int wanted = isReady ? 200 : 503;
        await(name + " answers " + wanted).atMost(atMost).until(() -> status("ready") == wanted);
    }

    private int status(String probe) {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/" + probe))
                    .timeout(PATIENCE).build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            throw new IllegalStateException("The health of " + name + " cannot be asked for", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }
}
