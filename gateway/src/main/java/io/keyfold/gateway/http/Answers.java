package io.keyfold.gateway.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;

/// How answers are written.
final class Answers {
    static final ObjectMapper JSON = new ObjectMapper();
    static final HeaderName CONTENT_TYPE = HeaderNames.CONTENT_TYPE;

    private Answers() {}

    static void json(ServerResponse response, int status, JsonNode body) {
        response.status(status);
        response.header(CONTENT_TYPE, "application/json");
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.send(bytes(body));
    }

    static void problem(ServerResponse response, Problem problem) {
        response.status(problem.status());
        response.header(CONTENT_TYPE, "application/problem+json");
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.send(bytes(problem.json()));
    }

    static byte[] bytes(JsonNode json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A JSON tree cannot be written", e);
        }
    }
}
