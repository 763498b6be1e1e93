package io.keyfold.emulator;

import io.keyfold.emulator.faults.Fault;
import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.service.Api;
import io.keyfold.emulator.service.Call;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;

/// The answers that faults give in place of a service's own.
final class FaultAnswers {

    private static final String PROXY_PAGE = """
            <html>
            <head><title>502 Bad Gateway</title></head>
            <body><center><h1>502 Bad Gateway</h1></center></body>
            </html>
            """;

    private FaultAnswers() {}

    static HttpResponse answer(Fault.Answer fault, Call call) {
        HttpResponse response = fault.body()
                .map(body -> HttpResponse.text(fault.status(), fault.contentType(), body))
                .orElseGet(() -> call.route().api().error(fault.status(), message(fault.status())));
        for (var header : fault.headers().entrySet()) {
            response = response.with(header.getKey(), header.getValue());
        }
        return fault.retryAfter().isPresent() ? response.with("Retry-After", retryAfter(fault.retryAfter().get()))
                : response;
    }

    private static String retryAfter(String given) {
        if (!given.startsWith("date:")) {
            return given;
        }
        long seconds = Long.parseLong(given.substring("date:".length()).trim());
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(seconds));
    }

    private static String message(int status) {
        return switch (status) {
            case 429 -> "Too many requests";
            case 500 -> "Internal server error";
            case 502 -> "Bad gateway";
            case 503 -> "Service unavailable";
            case 504 -> "Gateway timeout";
            default -> "Request failed";
        };
    }

    static HttpResponse refusal(Fault.Refusing how, Call call) {
        Api api = call.route().api();
        return switch (how) {
            case QUOTA -> api.quotaExceeded();
            case FORBIDDEN -> api.forbidden();
            case UNAUTHORIZED -> api.unauthorized();
        };
    }

    static HttpResponse spoilt(Fault.Spoil how, HttpResponse response) {
        String type = response.headers().first("Content-Type").orElse("application/json");
        return switch (how) {
            case MALFORMED -> response.withBody(type, broken(response.body()));
            case EMPTY -> response.withBody(type, new byte[0]);
            case HTML -> response.withBody("text/html", PROXY_PAGE.getBytes(StandardCharsets.UTF_8));
        };
    }

    /// Complete by its length, but not JSON.
    private static byte[] broken(byte[] body) {
        byte[] half = Arrays.copyOf(body, body.length / 2 + 3);
        half[half.length - 1] = '}';
        half[half.length - 2] = ']';
        half[half.length - 3] = '"';
        return half;
    }
}
