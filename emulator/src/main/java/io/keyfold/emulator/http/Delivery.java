package io.keyfold.emulator.http;

/// How an answer goes out, if it does.
public sealed interface Delivery {

    /// As HTTP asks.
    record Whole(HttpResponse response) implements Delivery {}

    /// The connection is torn down with a TCP RST instead of an answer.
    record Reset() implements Delivery {}

    /// Nothing is sent until the client gives up or the server stops.
    record Hang() implements Delivery {}

    /// Head with the full length, then only the first bytes of the body, then the end of the connection.
    record Truncated(HttpResponse response, int bodyBytes) implements Delivery {}

    /// The body a few bytes at a time.
    record Trickled(HttpResponse response, int bytesPerSecond) implements Delivery {}
}
