package io.keyfold.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.emulator.service.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Plain HTTP, to see what is really answered.
final class Raw {

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI base;
    private final Map<String, String> headers;

    private Raw(URI base, Map<String, String> headers) {
        this.base = base;
        this.headers = headers;
    }

    static Raw anonymous(EmulatorServer emulator) {
        return new Raw(emulator.baseUrl(), Map.of());
    }

    static Raw with(EmulatorServer emulator, String apiKey) {
        Raw anonymous = anonymous(emulator);
        String token = json(anonymous.token(apiKey)).path("access_token").asText();
        return new Raw(emulator.baseUrl(), Map.of("Authorization", "Bearer " + token));
    }

    /// The same caller, speaking of one Key Protect instance.
    Raw in(String instance) {
        return new Raw(base,
                Map.of("Authorization", headers.getOrDefault("Authorization", ""), "Bluemix-Instance", instance));
    }

    Raw withHeader(String name, String value) {
        var more = new HashMap<>(headers);
        more.put(name, value);
        return new Raw(base, Map.copyOf(more));
    }

    HttpResponse<String> token(String apiKey) {
        return withHeader("Content-Type", "application/x-www-form-urlencoded").call("POST", "/identity/token",
                "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=" + apiKey);
    }

    HttpResponse<String> get(String path) {
        return call("GET", path, "");
    }

    HttpResponse<String> delete(String path) {
        return call("DELETE", path, "");
    }

    HttpResponse<String> post(String path, String body) {
        return call("POST", path, body);
    }

    HttpResponse<String> call(String method, String path, String body) {
        try {
            return tryCall(method, path, body, Duration.ofSeconds(20));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// For calls that are meant to fail below HTTP.
    HttpResponse<String> tryCall(String method, String path, String body, Duration patience) throws IOException {
        var request = HttpRequest.newBuilder(base.resolve(path)).timeout(patience).method(method,
                body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        headers.forEach(request::header);
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    static JsonNode json(HttpResponse<String> response) {
        return Json.parse(response.body().getBytes(StandardCharsets.UTF_8)).orElseThrow();
    }

    static JsonNode tree(String json) {
        return Json.parse(json.getBytes(StandardCharsets.UTF_8)).orElseThrow();
    }
}
