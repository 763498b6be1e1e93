package io.keyfold.emulator.service;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.emulator.http.HttpRequest;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// One call on its way to a handler.
///
/// @param path the variables of the route's path, decoded
/// @param region of the endpoint that was called, if that is known
/// @param knownCaller whose token it carries, if that is valid
/// @param twist what a fault rule changes in the effect itself
public record Call(HttpRequest request, Route route, Map<String, String> path, Optional<String> region,
        Optional<Caller> knownCaller,
        Twist twist, Instant now, Touched touched) {

    /// The caller of an operation whose token has been checked.
    public Caller caller() {
        return knownCaller.orElseThrow(() -> new IllegalStateException(route.operation() + " takes no token"));
    }

    public String variable(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalStateException(route.operation() + " has no " + name + " in its path");
        }
        return value;
    }

    public Optional<String> query(String name) {
        return request.query(name).filter(value -> !value.isBlank());
    }

    public Optional<String> header(String name) {
        return request.headers().first(name).filter(value -> !value.isBlank());
    }

    /// The body, if it is JSON.
    public Optional<JsonNode> json() {
        return request.body().length == 0 ? Optional.empty() : Json.parse(request.body());
    }
}
