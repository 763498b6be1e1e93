package io.keyfold.emulator.http;

import java.nio.charset.StandardCharsets;

/// A whole answer. Whether and how it reaches the client is a [Delivery].
public final class HttpResponse {

    private final int status;
    private final Headers headers;
    private final byte[] body;

    private HttpResponse(int status, Headers headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    public static HttpResponse empty(int status) {
        return new HttpResponse(status, Headers.none(), new byte[0]);
    }

    public static HttpResponse text(int status, String contentType, String body) {
        return new HttpResponse(status, Headers.none().add("Content-Type", contentType),
                body.getBytes(StandardCharsets.UTF_8));
    }

    public int status() {
        return status;
    }

    public Headers headers() {
        return headers;
    }

    /// Not a copy; nobody writes to it.
    public byte[] body() {
        return body;
    }

    public HttpResponse with(String header, String value) {
        return new HttpResponse(status, headers.copy().set(header, value), body);
    }

    /// The same answer with another body and everything else kept, for answers that are damaged on purpose.
    public HttpResponse withBody(String contentType, byte[] other) {
        return new HttpResponse(status, headers.copy().set("Content-Type", contentType), other);
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
