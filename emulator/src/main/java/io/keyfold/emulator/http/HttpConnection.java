package io.keyfold.emulator.http;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection: requests one after the other, until either side ends it.
final class HttpConnection {

    private static final int IDLE_MILLIS = 300_000;
    private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);

    private final Socket socket;
    private final HttpHandler handler;
    private final RequestInput in;
    private final OutputStream out;

    HttpConnection(Socket socket, HttpHandler handler) throws IOException {
        this.socket = socket;
        this.handler = handler;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(IDLE_MILLIS);
        this.in = new RequestInput(socket.getInputStream());
        this.out = new BufferedOutputStream(socket.getOutputStream(), 16 * 1024);
    }

    void serve() throws IOException, InterruptedException {
        var reader = new RequestReader(in, out);
        boolean goOn = true;
        while (goOn) {
            HttpRequest request;
            try {
                var next = reader.next();
                if (next.isEmpty()) {
                    return;
                }
                request = next.get();
            } catch (BadRequest bad) {
                send("GET", HttpResponse.text(bad.status(), "text/plain; charset=utf-8", bad.reason() + "\n"), true);
                return;
            }
            boolean last = request.headers().contains("Connection", "close");
            HttpHandler.Reply reply = answer(request);
            boolean sent = false;
            try {
                sent = deliver(request.method(), reply.delivery(), last);
            } finally {
                reply.whenSent().accept(sent);
            }
            goOn = sent && !last;
        }
    }

    /// A bug of ours must not look like a network fault.
    private HttpHandler.Reply answer(HttpRequest request) throws InterruptedException {
        try {
            return handler.answer(request);
        } catch (RuntimeException bug) {
            log.error("{} {} failed", request.method(), request.rawPath(), bug);
            return HttpHandler.Reply
                    .whole(HttpResponse.text(500, "text/plain; charset=utf-8",
                            "The emulator has a bug: " + bug + "\n"));
        }
    }

    /// True if all of the answer went out and the connection can be used again.
    private boolean deliver(String method, Delivery delivery, boolean last) throws IOException, InterruptedException {
        return switch (delivery) {
            case Delivery.Whole(var response) -> {
                send(method, response, last);
                yield true;
            }
            case Delivery.Trickled(var response, var bytesPerSecond) -> {
                trickle(response, bytesPerSecond, last);
                yield true;
            }
            case Delivery.Truncated(var response, var bodyBytes) -> {
                out.write(head(response, true));
                out.write(response.body(), 0, Math.min(bodyBytes, response.body().length));
                out.flush();
                yield false;
            }
            case Delivery.Reset _ -> {
                socket.setSoLinger(true, 0); // close() then sends RST instead of FIN
                socket.close();
                yield false;
            }
            case Delivery.Hang _ -> {
                socket.setSoTimeout(0);
                in.transferTo(OutputStream.nullOutputStream()); // until the client or the server ends it
                yield false;
            }
        };
    }

    private void send(String method, HttpResponse response, boolean last) throws IOException {
        out.write(head(response, last));
        if (!method.equals("HEAD")) {
            out.write(response.body());
        }
        out.flush();
    }

    private void trickle(HttpResponse response, int bytesPerSecond, boolean last)
            throws IOException, InterruptedException {
        out.write(head(response, last));
        out.flush();
        for (byte next : response.body()) {
            out.write(next);
            out.flush();
            Thread.sleep(1000 / Math.max(1, Math.min(1000, bytesPerSecond)));
        }
    }

    private static byte[] head(HttpResponse response, boolean last) {
        var head = new StringBuilder(256);
        head.append("HTTP/1.1 ").append(response.status()).append(' ').append(reason(response.status()))
                .append("\r\n");
        response.headers().writeTo(head);
        head.append("Date: ").append(DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)))
                .append("\r\n");
        if (response.status() != 204 && response.status() != 304) {
            head.append("Content-Length: ").append(response.body().length).append("\r\n");
        }
        head.append("Connection: ").append(last ? "close" : "keep-alive").append("\r\n\r\n");
        return head.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 201 -> "Created";
            case 202 -> "Accepted";
            case 204 -> "No Content";
            case 302 -> "Found";
            case 307 -> "Temporary Redirect";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 409 -> "Conflict";
            case 410 -> "Gone";
            case 413 -> "Content Too Large";
            case 415 -> "Unsupported Media Type";
            case 422 -> "Unprocessable Entity";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            default -> "Status";
        };
    }
}
