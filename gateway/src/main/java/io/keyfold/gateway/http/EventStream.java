package io.keyfold.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.keyfold.gateway.fleet.EventId;
import io.keyfold.gateway.fleet.Fleet;
import io.keyfold.gateway.fleet.FleetCounts;
import io.keyfold.gateway.fleet.Subscription;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tells what changes in the fleet as server-sent events: `fleet` with the counts, `clusters` with the summaries of those
/// that have changed and the ids of those that are gone, `reset` if everything is to be read anew.
///
/// Who reads slowly is told of each cluster once, as it is by then, and costs a bounded set of ids.
final class EventStream {
    private static final HeaderName LAST_EVENT_ID = HeaderNames.create("Last-Event-ID");
    private static final HeaderName ACCEL_BUFFERING = HeaderNames.create("X-Accel-Buffering");

    /// So often something is said at least, which also shows whether anybody still listens.
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    /// Changes that come within this are told together.
    private static final Duration TOGETHER = Duration.ofMillis(200);

    private static final int CLUSTERS_AN_EVENT = 200;

    /// Kafka keeps a tombstone for a day: who was away for longer may have missed one.
    private static final Duration RESUMABLE = Duration.ofHours(12);

    private final Fleet fleet;
    private final Clock clock;
    private final Semaphore places;
    private final int mostStreams;

    EventStream(Fleet fleet, Clock clock, int mostStreams) {
        this.fleet = fleet;
        this.clock = clock;
        this.places = new Semaphore(mostStreams);
        this.mostStreams = mostStreams;
    }

    void follow(ServerRequest request, ServerResponse response) {
        var parameters = new Parameters(request.query(), Set.of("last_event_id"));
        parameters.check();
        var last = request.headers().first(LAST_EVENT_ID).or(() -> parameters.text("last_event_id"));
        if (!places.tryAcquire()) {
            throw Problem.of(
                    503,
                    "TOO_MANY_STREAMS",
                    "Too many follow already",
                    mostStreams + " callers follow this gateway's events, which is as many as it takes.",
                    "Try again later, ask another gateway, or raise gateway.max.event.streams.").thrown();
        }
        try (var subscription = subscribe(last)) {
            response.header(HeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
            response.header(HeaderNames.CACHE_CONTROL, "no-store");
            response.header(ACCEL_BUFFERING, "no"); // a proxy that gathers would keep it from its reader
            write(response, subscription);
        } finally {
            places.release();
        }
    }

    /// From where the caller left off; from now on if it was nowhere.
    private Subscription subscribe(Optional<String> last) {
        if (last.isEmpty()) {
            return fleet.subscribe();
        }
        return last.flatMap(EventId::parse)
                .filter(id -> id.issuedAt().isAfter(clock.instant().minus(RESUMABLE)))
                .map(id -> fleet.subscribe(id.positions()))
                .orElseGet(() -> {
                    var subscription = fleet.subscribe();
                    subscription.reset();
                    return subscription;
                });
    }

    private void write(ServerResponse response, Subscription subscription) {
        try (var out = response.outputStream()) {
            out.write("retry: 2000\n\n".getBytes(StandardCharsets.UTF_8));
            var told = tell(out, subscription, null);
            while (!subscription.isClosed()) {
                if (subscription.await(HEARTBEAT)) {
                    TimeUnit.NANOSECONDS.sleep(TOGETHER.toNanos());
                    told = tell(out, subscription, told);
                } else {
                    out.write(": still here\n\n".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // The reader has gone. There is nobody to tell.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// @param told the counts as the reader knows them
    /// @return the counts as it knows them now
    private FleetCounts tell(OutputStream out, Subscription subscription, @Nullable FleetCounts told)
            throws IOException {
        var changes = subscription.take();
        var id = new EventId(changes.upTo(), clock.instant()).toString();
        if (changes.isReset()) {
            event(out, "reset", id, JsonNodeFactory.instance.objectNode());
        }
        for (var from = 0; from < changes.clusters().size(); from += CLUSTERS_AN_EVENT) {
            var until = Math.min(changes.clusters().size(), from + CLUSTERS_AN_EVENT);
            // Only with the last of them is everything told that lies before.
            var isLast = until == changes.clusters().size();
            event(out, "clusters", isLast ? id : "", summaries(changes.clusters().subList(from, until)));
        }
        var counts = fleet.counts();
        if (!counts.equals(told)) {
            event(out, "fleet", id, Summaries.of(counts));
        }
        out.flush();
        return counts;
    }

    private JsonNode summaries(List<String> ids) {
        var json = JsonNodeFactory.instance.objectNode();
        var changed = json.putArray("clusters");
        var gone = json.putArray("gone");
        for (var id : ids) {
            fleet.cluster(id).ifPresentOrElse(cluster -> changed.add(Summaries.of(cluster)), () -> gone.add(id));
        }
        return json;
    }

    /// @param id empty for an event after which nobody can resume
    private static void event(OutputStream out, String name, String id, JsonNode data) throws IOException {
        var head = "event: " + name + "\n" + (id.isEmpty() ? "" : "id: " + id + "\n") + "data: ";
        out.write(head.getBytes(StandardCharsets.UTF_8));
        out.write(Answers.bytes(data));
        out.write("\n\n".getBytes(StandardCharsets.UTF_8));
    }
}
