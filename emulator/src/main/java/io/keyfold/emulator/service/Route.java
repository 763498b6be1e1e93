package io.keyfold.emulator.service;

import io.keyfold.emulator.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One operation of an API: where it is reached, and who answers it.
///
/// @param operation `service.operation`, the name in counts, effects and fault rules
/// @param pattern the path's segments; `{name}` stands for any one
public record Route(Api api, String operation, String method, List<String> pattern, Kind kind, Handler handler) {

    public enum Kind {
        READ, MUTATION,
        /// Asks for a token, so it cannot be asked for one.
        WITHOUT_TOKEN
    }

    /// Runs with the state locked, so it must not wait for anything.
    @FunctionalInterface
    public interface Handler {
        HttpResponse handle(Call call) throws Refusal;
    }

    public static Route of(Api api, String operation, String methodAndPath, Kind kind, Handler handler) {
        String[] parts = methodAndPath.split(" ", 2);
        return new Route(api, operation, parts[0], List.of(parts[1].substring(1).split("/")), kind, handler);
    }

    /// The path's variables, or nothing if the path is another one.
    public Optional<Map<String, String>> match(String givenMethod, List<String> segments) {
        if (!method.equals(givenMethod) || segments.size() != pattern.size()) {
            return Optional.empty();
        }
        Map<String, String> variables = new HashMap<>();
        for (int at = 0; at < pattern.size(); at++) {
            String expected = pattern.get(at);
            if (expected.startsWith("{")) {
                variables.put(expected.substring(1, expected.length() - 1), segments.get(at));
            } else if (!expected.equals(segments.get(at))) {
                return Optional.empty();
            }
        }
        return Optional.of(variables);
    }
}
