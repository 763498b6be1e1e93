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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells what changes in the fleet as server-sent events: `fleet` with the counts, `clusters` with the summaries of those
/// that have changed and the ids of those that are gone, `reset` if everything is to be read anew.
///
/// Who reads slowly is told of each cluster once, as it is by then, and costs a bounded set of ids.
final class EventStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
    private static final HeaderName LAST_EVENT_ID = HeaderNames.create("Last-Event-ID");
    private static final HeaderName ACCEL_BUFFERING = HeaderNames.create("X-Accel-Buffering");

    /// So often something is said at least, which also shows whether anybody still listens.
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    /// Changes that come within this are told together.
    private static final Duration TOGETHER = Duration.ofMillis(200);

    private static final int CLUSTERS_AN_EVENT = 200;

    /// Kafka keeps a tombstone for a day: who was away for longer may have missed one.
    private static final Duration RESUMABLE = Duration.ofHours(12);

    /// Who takes nothing for so long is taken to be gone, or to be no reader.
    static final Duration LONGEST_WRITE = Duration.ofSeconds(30);

    private static final int LOOKS_A_WRITE = 6;

    private final Fleet fleet;
    private final Set<Subscription> following = ConcurrentHashMap.newKeySet();
    private final Map<Subscription, Writing> writing = new ConcurrentHashMap<>();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("gateway-slow-readers").factory());

    private final Clock clock;
    private final Semaphore places;
    private final int mostStreams;
    private final Duration longestWrite;
    private volatile boolean isClosed;

    /// @param longestWrite who takes nothing for so long is dropped
    EventStream(Fleet fleet, Clock clock, int mostStreams, Duration longestWrite) {
        this.fleet = fleet;
        this.clock = clock;
        this.places = new Semaphore(mostStreams);
        this.mostStreams = mostStreams;
        this.longestWrite = longestWrite;
    }

    /// From now on nobody is waited for who does not read.
    void start() {
        var pause = longestWrite.toMillis() / LOOKS_A_WRITE;
        var _ = watch.scheduleWithFixedDelay(this::dropWhoDoesNotRead, pause, pause, TimeUnit.MILLISECONDS);
    }

    /// How many follow now.
    int followers() {
        return mostStreams - places.availablePermits();
    }

    /// @param since when it began to write, by [System#nanoTime()]
    private record Writing(Thread thread, long since) {}

    private void dropWhoDoesNotRead() {
        var now = System.nanoTime();
        writing.values().stream().filter(it -> now - it.since() > longestWrite.toNanos()).forEach(it -> {
            LOG.info("A follower of the events has read nothing for {} s and is dropped", longestWrite.toSeconds());
            it.thread().interrupt(); // which closes the socket that it writes to
        });
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
            following.add(subscription);
            response.header(HeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
            response.header(HeaderNames.CACHE_CONTROL, "no-store");
            response.header(ACCEL_BUFFERING, "no"); // a proxy that gathers would keep it from its reader
            write(response, subscription);
        } finally {
            following.removeIf(Subscription::isClosed);
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
            while (!isClosed) {
                var hasChanged = subscription.await(HEARTBEAT);
                if (hasChanged) {
                    TimeUnit.NANOSECONDS.sleep(TOGETHER.toNanos());
                }
                writing.put(subscription, new Writing(Thread.currentThread(), System.nanoTime()));
                if (hasChanged) {
                    told = tell(out, subscription, told);
                } else {
                    out.write(": still here\n\n".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
                writing.remove(subscription);
            }
        } catch (IOException | UncheckedIOException e) {
            // The reader has gone. There is nobody to tell.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            writing.remove(subscription);
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

    /// Ends every stream.
    @Override
    public void close() {
        isClosed = true;
        watch.shutdownNow();
        following.forEach(Subscription::close);
    }
}
