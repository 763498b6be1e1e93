package io.keyfold.gateway.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// The live page's files and the API's description, as they lie beside the classes. They hold no data of anybody's.
final class PageFiles {
    private static final String DIRECTORY = "/io/keyfold/gateway/";

    /// No dot in front and no two in a row: nothing outside the directory has such a name.
    private static final Pattern NAME = Pattern.compile("(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)+");

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("mjs", "text/javascript; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("webmanifest", "application/manifest+json"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("txt", "text/plain; charset=utf-8"));

    private record Content(byte[] bytes, String tag, String type) {}

    private final Map<String, Content> contents = new ConcurrentHashMap<>();

    void page(ServerRequest request, ServerResponse response) {
        var path = request.path().path();
        send(request, response, "page/" + (path.equals("/") ? "index.html" : path.substring(1)));
    }

    void openApi(ServerRequest request, ServerResponse response) {
        send(request, response, "openapi.json");
    }

    private void send(ServerRequest request, ServerResponse response, String name) {
        var content = find(name).orElseThrow(() -> Routes.noSuchPath(request).thrown());
        response.header(HeaderNames.ETAG, content.tag());
        response.header(HeaderNames.CACHE_CONTROL, "no-cache");
        if (request.headers().first(HeaderNames.IF_NONE_MATCH).filter(content.tag()::equals).isPresent()) {
            response.status(304).send();
            return;
        }
        response.header(HeaderNames.CONTENT_TYPE, content.type());
        response.send(content.bytes());
    }

    /// Only what is there is remembered: of names that are not there is no end.
    private Optional<Content> find(String name) {
        if (!NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        var known = contents.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        var content = read(name);
        content.ifPresent(it -> contents.put(name, it));
        return content;
    }

    private static Optional<Content> read(String name) {
        var type = Optional.ofNullable(TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
        try (var in = PageFiles.class.getResourceAsStream(DIRECTORY + name)) {
            if (in == null || type.isEmpty()) {
                return Optional.empty();
            }
            var bytes = in.readAllBytes();
            return Optional.of(new Content(bytes, "\"" + hash(bytes) + "\"", type.get()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
