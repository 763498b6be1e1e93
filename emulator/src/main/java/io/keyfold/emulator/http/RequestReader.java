package io.keyfold.emulator.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads HTTP/1.1 requests, bodies by length or in chunks. Head and body are bounded.
final class RequestReader {

    private static final int MOST_HEAD_BYTES = 64 * 1024;
    private static final int MOST_BODY_BYTES = 8 * 1024 * 1024;
    private static final Pattern REQUEST_LINE = Pattern.compile("([A-Z]{1,20}) (\\S+) HTTP/1\\.[01]");

    private final RequestInput in;
    private final OutputStream out;
    private int headBytes;

    RequestReader(RequestInput in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /// The next request, or nothing once the client has closed the connection.
    Optional<HttpRequest> next() throws IOException, BadRequest {
        headBytes = 0;
        Optional<String> first = line();
        while (first.isPresent() && first.get().isEmpty()) {
            first = line(); // RFC 9112 2.2: an empty line before a request is ignored
        }
        if (first.isEmpty()) {
            return Optional.empty();
        }
        var requestLine = REQUEST_LINE.matcher(first.get());
        if (!requestLine.matches()) {
            throw new BadRequest(400, "not a request line of HTTP/1.1");
        }
        Headers headers = headers();
        if (first.get().endsWith("1.0") && !headers.contains("Connection", "keep-alive")) {
            headers.set("Connection", "close"); // what that version means if nothing is said
        }
        return Optional.of(new HttpRequest(requestLine.group(1), target(requestLine.group(2)), headers, body(headers)));
    }

    private static String target(String given) throws BadRequest {
        if (given.startsWith("/")) {
            return given;
        }
        int path = given.startsWith("http://") ? given.indexOf('/', "http://".length()) : -1;
        if (path < 0) {
            throw new BadRequest(400, "not a path");
        }
        return given.substring(path); // as sent to a proxy
    }

    private Headers headers() throws IOException, BadRequest {
        var headers = Headers.none();
        while (true) {
            String line = line().orElseThrow(() -> new EOFException("end within a request's head"));
            if (line.isEmpty()) {
                return headers;
            }
            int colon = line.indexOf(':');
            if (colon <= 0 || line.charAt(0) == ' ' || line.charAt(0) == '\t') {
                throw new BadRequest(400, "not a header field");
            }
            headers.add(line.substring(0, colon).trim(), line.substring(colon + 1).trim());
        }
    }

    private byte[] body(Headers headers) throws IOException, BadRequest {
        boolean chunked = headers.contains("Transfer-Encoding", "chunked");
        Optional<String> length = headers.first("Content-Length");
        if (chunked && length.isPresent()) {
            throw new BadRequest(400, "both Transfer-Encoding and Content-Length"); // request smuggling, RFC 9112 6.1
        }
        if (!chunked && length.isEmpty()) {
            return new byte[0];
        }
        if (headers.contains("Expect", "100-continue")) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }
        return chunked ? chunks() : exactly(size(length.orElse("0"), 10));
    }

    private byte[] chunks() throws IOException, BadRequest {
        var body = new ByteArrayOutputStream();
        while (true) {
            String sizeLine = line().orElseThrow(() -> new EOFException("end within a chunked body"));
            int extension = sizeLine.indexOf(';');
            int size = size((extension < 0 ? sizeLine : sizeLine.substring(0, extension)).trim(), 16);
            if (body.size() + size > MOST_BODY_BYTES) {
                throw new BadRequest(413, "body too large");
            }
            if (size == 0) {
                headers(); // trailers, and the empty line
                return body.toByteArray();
            }
            body.write(exactly(size));
            if (line().filter(String::isEmpty).isEmpty()) {
                throw new BadRequest(400, "a chunk is longer than it says");
            }
        }
    }

    private static int size(String text, int radix) throws BadRequest {
        try {
            int size = Integer.parseInt(text.toLowerCase(Locale.ROOT), radix);
            if (size < 0) {
                throw new BadRequest(400, "negative length");
            }
            if (size > MOST_BODY_BYTES) {
                throw new BadRequest(413, "body too large");
            }
            return size;
        } catch (NumberFormatException notANumber) {
            throw new BadRequest(400, "not a length");
        }
    }

    private byte[] exactly(int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("end within a body");
        }
        return bytes;
    }

    private Optional<String> line() throws IOException, BadRequest {
        Optional<String> line = in.line(MOST_HEAD_BYTES - headBytes);
        headBytes += line.map(String::length).orElse(0);
        return line;
    }
}
