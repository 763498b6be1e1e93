package io.keyfold.emulator.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.http.HttpHandler;
import io.keyfold.emulator.http.HttpListener;
import io.keyfold.emulator.http.HttpRequest;
import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.service.Effect;
import io.keyfold.emulator.service.Json;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `/emulator/…`: the emulated cloud for tests in other processes. Unlike IBM's services it asks for no token.
public final class AdminApi implements HttpHandler {

    private final EmulatedCloud cloud;
    private final Seeds seeds;
    private Optional<HttpListener> listener = Optional.empty();

    public AdminApi(EmulatedCloud cloud) {
        this.cloud = cloud;
        this.seeds = new Seeds(cloud);
    }

    /// Whose connections to count.
    public synchronized void watch(HttpListener listening) {
        this.listener = Optional.of(listening);
    }

    private synchronized Optional<HttpListener> listener() {
        return listener;
    }

    @Override
    public Reply answer(HttpRequest request) {
        List<String> path = request.segments();
        String what = path.size() > 1 ? path.get(1) : "";
        String which = path.size() > 2 ? path.get(2) : "";
        if (request.headers().first("Origin").isPresent()) {
            // Without this, any web page in a browser on this machine could change everything here.
            return Reply.whole(Json.response(403, Json.object().put("message", "not for web pages")));
        }
        try {
            return Reply.whole(answer(request, request.method() + " " + what, which));
        } catch (IllegalArgumentException wrong) {
            return Reply.whole(Json.response(400, Json.object().put("message", "" + wrong.getMessage())));
        }
    }

    private HttpResponse answer(HttpRequest request, String operation, String which) {
        return switch (operation) {
            case "GET health" -> ok(Json.object().put("status", "UP"));
            case "GET state" -> ok(cloud.state());
            case "GET effects" -> effects(request);
            case "GET counts" -> ok(cloud.counts().json());
            case "GET connections" -> ok(connections());
            case "GET faults" -> ok(cloud.faults().json());
            case "POST faults" -> {
                cloud.addFaults(request.text());
                yield ok(cloud.faults().json());
            }
            case "DELETE faults" -> removeFaults(which);
            case "GET behaviour" -> ok(cloud.cloud().behaviour().json());
            case "PUT behaviour", "PATCH behaviour" -> {
                cloud.cloud().behave(cloud.cloud().behaviour().changed(body(request)));
                yield ok(cloud.cloud().behaviour().json());
            }
            case "GET clock" -> ok(clock());
            case "POST clock" -> advance(body(request));
            case "POST reset" -> {
                cloud.reset();
                yield HttpResponse.empty(204);
            }
            case "POST expire-tokens" -> {
                cloud.tokens().expireAll();
                yield HttpResponse.empty(204);
            }
            default -> seeds.answer(request, operation, which);
        };
    }

    static JsonNode body(HttpRequest request) {
        return Json.parse(request.body()).filter(JsonNode::isObject)
                .orElseThrow(() -> new IllegalArgumentException("a JSON object is needed"));
    }

    static HttpResponse ok(JsonNode json) {
        return Json.response(200, json);
    }

    /// Filters: `from` (a number), `operation`, `performed`.
    private HttpResponse effects(HttpRequest request) {
        long from = request.query("from").map(AdminApi::number).orElse(1L);
        List<Effect> found = cloud.effects().from(from).stream()
                .filter(effect -> request.query("operation").map(effect.operation()::equals).orElse(true))
                .filter(effect -> request.query("performed").map(wanted -> wanted.equals("" + effect.performed()))
                        .orElse(true))
                .toList();
        ObjectNode json = Json.object().put("last", cloud.effects().lastNumber());
        json.set("effects", Json.array(found, Effect::json));
        return ok(json);
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(text + " is not a number", notANumber);
        }
    }

    private ObjectNode connections() {
        ObjectNode json = Json.object();
        listener().ifPresent(one -> json.put("open", one.openConnections())
                .put("most_at_once", one.mostConnectionsAtOnce()).put("accepted", one.acceptedConnections()));
        return json;
    }

    private HttpResponse removeFaults(String name) {
        if (name.isEmpty()) {
            cloud.faults().clear();
        } else if (!cloud.faults().remove(name)) {
            return Json.response(404, Json.object().put("message", "there is no rule " + name));
        }
        return HttpResponse.empty(204);
    }

    private ObjectNode clock() {
        return Json.object().put("time", cloud.clock().instant().toString()).put("ahead_ms",
                cloud.clock().ahead().toMillis());
    }

    private HttpResponse advance(JsonNode body) {
        if (!body.path("advance_ms").isIntegralNumber()) {
            throw new IllegalArgumentException("advance_ms: a whole number is needed");
        }
        cloud.clock().advance(Duration.ofMillis(body.path("advance_ms").longValue()));
        return ok(clock());
    }
}
