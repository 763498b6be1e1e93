package io.keyfold.gateway.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.keyfold.gateway.access.Caller;
import io.keyfold.gateway.access.Role;
import io.keyfold.gateway.fleet.Fleet;
import io.keyfold.gateway.topic.HistoryReader;
import io.keyfold.gateway.topic.RequestPublisher;
import io.keyfold.gateway.topic.StatusReader;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens, and sees each request through: who calls, whether they may, what answers, and how a failure is told.
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final Caller NOBODY = new Caller("local", Role.VIEW, false);

    /// The page takes everything from its own gateway, is framed by nobody and tells nobody where it was.
    private static final Map<HeaderName, String> SECURITY_HEADERS = Map.of(
            HeaderNames.create("Content-Security-Policy"),
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
            HeaderNames.create("X-Content-Type-Options"), "nosniff",
            HeaderNames.create("X-Frame-Options"), "DENY",
            HeaderNames.create("Referrer-Policy"), "no-referrer",
            HeaderNames.create("Cross-Origin-Opener-Policy"), "same-origin",
            HeaderNames.create("Cross-Origin-Resource-Policy"), "same-origin");

    private final WebServer server;
    private final String host;

    private HttpServer(WebServer server, String host) {
        this.server = server;
        this.host = host;
    }

    /// @param port         0 for a free one
    /// @param maxBodyBytes the longest body that a request may have
    /// @param maxStreams   so many may follow the events at a time
    public record Listening(String host, int port, int maxBodyBytes, int maxStreams) {}

    /// What answers are made of.
    public record Parts(
            Fleet fleet, StatusReader statuses, HistoryReader history, RequestPublisher publisher, Clock clock) {}

    public static HttpServer start(Listening listening, Parts parts) {
        var health = new Health(
                () -> new Health.State(
                        !parts.statuses().ended().isDone(),
                        parts.statuses().caughtUp().isDone(),
                        parts.fleet().size(),
                        parts.statuses().unreadable(),
                        parts.history().isComplete()));
        var routes = Routes.of(
                new FleetEndpoints(parts.fleet()),
                new HistoryEndpoint(parts.fleet(), parts.history()),
                new RequestEndpoints(parts.fleet(), parts.publisher(), parts.clock(), listening.maxBodyBytes()),
                new EventStream(parts.fleet(), parts.clock(), listening.maxStreams()),
                new PageFiles(),
                health);
        return start(listening, routes, health);
    }

    private static HttpServer start(Listening listening, Routes routes, Health health) {
        var routing = HttpRouting.builder();
        routing.addFilter((chain, request, response) -> {
            SECURITY_HEADERS.forEach(response::header);
            chain.proceed();
        });
        routes.all().forEach(route -> routing.route(route.method(), route.path(), (request, response) -> {
            if (route.needsTheFleet() && !health.isReady()) {
                throw stillReading().thrown();
            }
            route.answer().to(NOBODY, request, response);
        }));
        routing.any((request, _) -> {
            throw Routes.noSuchPath(request).thrown();
        });
        routing.error(Problem.Thrown.class, (_, response, thrown) -> Answers.problem(response, thrown.problem()));
        routing.error(RequestException.class, HttpServer::refused);
        routing.error(RuntimeException.class, HttpServer::failed);
        var server = WebServer.builder()
                .host(listening.host())
                .port(listening.port())
                .shutdownHook(false)
                .shutdownGracePeriod(Duration.ofMillis(500))
                .routing(routing)
                .build()
                .start();
        return new HttpServer(server, listening.host());
    }

    private static Problem stillReading() {
        return Problem.of(
                503,
                "STILL_READING",
                "The clusters' statuses are still being read",
                "This gateway has begun a moment ago and has not read the status topic to its end.",
                "Ask again in a moment; GET /readyz says when.");
    }

    private static void refused(ServerRequest request, ServerResponse response, RequestException refusal) {
        Answers.problem(
                response,
                Problem.of(
                        refusal.status().code(),
                        "BAD_REQUEST",
                        refusal.status().reasonPhrase(),
                        "The request cannot be taken as it is.",
                        "See what is served and how: GET /openapi.json"));
    }

    private static void failed(ServerRequest request, ServerResponse response, RuntimeException failure) {
        LOG.error("{} {} failed", request.prologue().method().text(), request.path().path(), failure);
        Answers.problem(
                response,
                Problem.of(
                        500,
                        "BUG",
                        "The gateway has failed",
                        "This is a bug of Keyfold's. Its log says more.",
                        "Try again; if it stays so, report it with the log."));
    }

    /// Where it listens.
    public URI address() {
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.port());
    }

    @Override
    public void close() {
        server.stop();
    }
}
