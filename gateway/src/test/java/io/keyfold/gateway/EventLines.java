package io.keyfold.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A follower of the events.
final class EventLines implements AutoCloseable {
    record Event(String name, String id, JsonNode data) {}

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final HttpResponse<Stream<String>> response;

    EventLines(HttpClient http, URI uri, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(uri);
        if (headers.length > 0) {
            request.headers(headers);
        }
        response = http.send(request.build(), HttpResponse.BodyHandlers.ofLines());
        Thread.ofVirtual().start(this::read);
    }

    private void read() {
        var name = "";
        var id = "";
        try {
            for (var lines = response.body().iterator(); lines.hasNext();) {
                var line = lines.next();
                if (line.startsWith("event: ")) {
                    name = line.substring(7);
                    id = "";
                } else if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    events.add(new Event(name, id, GatewaySite.JSON.readTree(line.substring(6))));
                }
            }
        } catch (Exception e) {
            // The stream was closed, by the test or by the gateway.
        }
    }

    /// The next event of this kind that is as wanted; those before it are passed over.
    Event next(String name, Predicate<JsonNode> wanted) throws InterruptedException {
        while (true) {
            var event = events.poll(GatewaySite.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no event " + name + " came");
            }
            if (event.name().equals(name) && wanted.test(event.data())) {
                return event;
            }
        }
    }

    @Override
    public void close() {
        response.body().close();
    }
}
