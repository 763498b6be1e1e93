package io.keyfold.emulator.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One request as it came off the wire.
public final class HttpRequest {

    private final String method;
    private final String target;
    private final Headers headers;
    private final byte[] body;

    HttpRequest(String method, String target, Headers headers, byte[] body) {
        this.method = method;
        this.target = target;
        this.headers = headers;
        this.body = body;
    }

    public String method() {
        return method;
    }

    /// Path and query, still percent-encoded.
    public String target() {
        return target;
    }

    public Headers headers() {
        return headers;
    }

    /// Not a copy; nobody writes to it.
    public byte[] body() {
        return body;
    }

    public String rawPath() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /// The path's segments, decoded one by one, so that a `%2F` inside a CRN stays inside its segment.
    public List<String> segments() {
        List<String> segments = new ArrayList<>();
        for (String raw : rawPath().split("/", -1)) {
            if (!raw.isEmpty()) {
                segments.add(decode(raw.replace("+", "%2B")));
            }
        }
        return segments;
    }

    /// The first value of a query parameter.
    public Optional<String> query(String name) {
        int start = target.indexOf('?');
        return start < 0 ? Optional.empty() : parameter(target.substring(start + 1), name);
    }

    /// The first value of a field of an `application/x-www-form-urlencoded` body.
    public Optional<String> form(String name) {
        return parameter(text(), name);
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    private static Optional<String> parameter(String encoded, String name) {
        for (String pair : encoded.split("&", -1)) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            if (decode(key).equals(name)) {
                return Optional.of(equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return Optional.empty();
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return text; // a lone % is taken as it stands; the route then simply does not match
        }
    }
}
