package io.keyfold.gateway.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request's body: one JSON object, not too long.
final class RequestBody {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private RequestBody() {}

    /// Its fields by name, null where it says null; none if there is no body.
    ///
    /// @throws Problem.Thrown if it is something else, or longer
    static Map<String, @Nullable Object> read(ServerRequest request, int mostBytes) {
        requireJson(request);
        var bytes = bytes(request, mostBytes);
        if (bytes.length == 0) {
            return new LinkedHashMap<>();
        }
        try {
            @Nullable
            Map<String, @Nullable Object> values =
                    JSON.readValue(bytes, new TypeReference<LinkedHashMap<String, @Nullable Object>>() {});
            if (values == null) {
                throw notAnObject("it is null");
            }
            return values;
        } catch (JsonProcessingException e) {
            var place = e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
            throw notAnObject(place + Parameters.shown(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Also keeps other sites' forms out: a browser asks before it sends JSON to another origin, and is told no.
    private static void requireJson(ServerRequest request) {
        var type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        if (!type.toLowerCase(Locale.ROOT).split(";", 2)[0].strip().equals("application/json")) {
            throw Problem.of(
                    415,
                    "NOT_JSON",
                    "The body has to be JSON",
                    "The request says that its content is " + (type.isEmpty() ? "nothing in particular"
                            : Parameters.shown(type)) + ".",
                    "Send one JSON object with the header Content-Type: application/json.").thrown();
        }
    }

    private static byte[] bytes(ServerRequest request, int mostBytes) {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (var in = request.content().inputStream()) {
            var bytes = in.readNBytes(mostBytes + 1);
            if (bytes.length > mostBytes) {
                throw tooLong(mostBytes).thrown();
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Problem tooLong(long mostBytes) {
        return Problem.of(
                413,
                "TOO_LONG",
                "The body is too long",
                "A body may have " + mostBytes + " bytes.",
                "No request needs as many: see what it holds. The limit is the setting gateway.max.body.bytes.");
    }

    private static Problem.Thrown notAnObject(String why) {
        return Problem.of(
                400,
                "NOT_AN_OBJECT",
                "The body is not one JSON object",
                "It cannot be read as a JSON object with one value a field: " + why + ".",
                "Correct the JSON.").thrown();
    }
}
