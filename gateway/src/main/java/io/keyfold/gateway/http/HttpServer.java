package io.keyfold.gateway.http;

import io.helidon.common.configurable.Resource;
import io.helidon.common.pki.Keys;
import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.keyfold.gateway.access.Caller;
import io.keyfold.gateway.access.Callers;
import io.keyfold.gateway.access.Role;
import io.keyfold.gateway.fleet.Fleet;
import io.keyfold.gateway.topic.HistoryReader;
import io.keyfold.gateway.topic.RequestPublisher;
import io.keyfold.gateway.topic.StatusReader;
import io.keyfold.monitoring.traces.Traces;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens, and sees each request through: whether it is for us, who calls, what answers, and how a failure is told.
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /// Held, since Java forgets a logger's level with the logger. What it says of its start is ours to say.
    private static final java.util.logging.Logger OF_HELIDON = java.util.logging.Logger.getLogger("io.helidon");

    private static final Caller SOMEBODY = new Caller("somebody", Role.VIEW, false);
    private static final int MOST_REQUESTS = 256;
    private static final int MOST_CONNECTIONS = 1_024;

    /// Longer than Kafka is waited for.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /// The page takes everything from its own gateway, is framed by nobody and tells nobody where it was.
    private static final Map<HeaderName, String> SECURITY_HEADERS = Map.of(
            HeaderNames.create("Content-Security-Policy"),
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
            HeaderNames.create("X-Content-Type-Options"), "nosniff",
            HeaderNames.create("X-Frame-Options"), "DENY",
            HeaderNames.create("Referrer-Policy"), "no-referrer",
            HeaderNames.create("Cross-Origin-Opener-Policy"), "same-origin",
            HeaderNames.create("Cross-Origin-Resource-Policy"), "same-origin");

    /// @param port         0 for a free one
    /// @param hosts        further names by which it may be called
    /// @param maxBodyBytes the longest body that a request may have
    /// @param maxStreams   so many may follow the events at a time
    public record Listening(
            String host, int port, Set<String> hosts, Optional<Certificates> certificates, int maxBodyBytes,
            int maxStreams) {
        public Listening {
            hosts = Set.copyOf(hosts);
        }
    }

    /// PEM files.
    ///
    /// @param clientAuthorities whose certificates callers may show; empty: callers show none
    public record Certificates(Path chain, Path key, Optional<Path> clientAuthorities) {}

    /// What answers are made of.
    public record Parts(
            Fleet fleet, StatusReader statuses, HistoryReader history, RequestPublisher publisher, Callers callers,
            Clock clock, Traces traces) {}

    private final WebServer server;
    private final EventStream events;
    private final SlowCallers slow;
    private final String host;

    private HttpServer(WebServer server, EventStream events, SlowCallers slow, String host) {
        this.server = server;
        this.events = events;
        this.slow = slow;
        this.host = host;
    }

    /// @throws IllegalArgumentException if the certificates cannot be used
    /// @throws java.io.UncheckedIOException if it cannot listen there
    public static HttpServer start(Listening listening, Parts parts) {
        OF_HELIDON.setLevel(Level.WARNING);
        var health = new Health(
                () -> new Health.State(
                        !parts.statuses().ended().isDone(),
                        parts.statuses().caughtUp().isDone(),
                        parts.fleet().size(),
                        parts.statuses().unreadable(),
                        parts.history().isComplete()));
        var events = new EventStream(
                parts.fleet(), parts.clock(), listening.maxStreams(), EventStream.LONGEST_WRITE);
        var routes = Routes.of(
                new FleetEndpoints(parts.fleet()),
                new HistoryEndpoint(parts.fleet(), parts.history()),
                new RequestEndpoints(
                        parts.fleet(), parts.history(), parts.publisher(), parts.clock(), listening.maxBodyBytes()),
                events,
                new PageFiles(),
                health);
        var gate = new Gate(parts.callers(), OurNames.of(listening, parts.callers()));
        var tls = listening.certificates().map(HttpServer::tls);
        var slow = new SlowCallers(PATIENCE);
        var server = WebServer.builder()
                .host(listening.host())
                .port(listening.port())
                .shutdownHook(false)
                .shutdownGracePeriod(Duration.ofMillis(500))
                .maxPayloadSize(listening.maxBodyBytes())
                .maxConcurrentRequests(MOST_REQUESTS + listening.maxStreams())
                .maxTcpConnections(MOST_CONNECTIONS + listening.maxStreams())
                .connectionOptions(slow.watching(SocketOptions.create()))
                .directHandlers(refusals())
                .routing(routing(routes, gate, health, listening, slow, new HttpTraces(parts.traces())));
        tls.ifPresent(server::tls);
        var started = server.build();
        try {
            started.start();
        } catch (RuntimeException e) { // which says no more than that it could not
            slow.close();
            throw new java.io.UncheckedIOException(
                    "The gateway cannot listen on " + listening.host() + ":" + listening.port() + ": " + root(e),
                    new java.io.IOException(e));
        }
        events.start();
        return new HttpServer(started, events, slow, listening.host());
    }

    private static HttpRouting.Builder routing(
            Routes routes, Gate gate, Health health, Listening listening, SlowCallers slow, HttpTraces traces) {
        var routing = HttpRouting.builder();
        routing.addFilter(slow.filter(Routes.EVENTS));
        routing.addFilter((chain, request, response) -> {
            SECURITY_HEADERS.forEach(response::header);
            gate.requireOurName(request);
            chain.proceed();
        });
        routes.all().forEach(route -> routing.route(route.method(), route.path(), (request, response) -> {
            var caller = SOMEBODY;
            if (route.role().isPresent()) {
                gate.requireOurPage(request);
                caller = gate.require(route.role().get(), request);
            }
            if (route.needsTheFleet() && !health.isReady()) {
                throw stillReading().thrown();
            }
            answer(route, caller, request, response, traces);
        }));
        routing.any((request, response) -> {
            var others = routes.methods(request);
            if (others.isEmpty()) {
                throw Routes.noSuchPath(request).thrown();
            }
            response.header(HeaderNames.ALLOW, String.join(", ", others));
            throw Routes.otherMethod(request, others).thrown();
        });
        routing.error(Problem.Thrown.class, (_, response, thrown) -> problem(response, thrown.problem()));
        routing.error(
                RequestException.class,
                (_, response, refusal) -> problem(response, refused(refusal.status(), listening)));
        routing.error(RuntimeException.class, HttpServer::failed);
        return routing;
    }

    /// What only looks is no part of any trace.
    private static void answer(
            Routes.Route route, Caller caller, ServerRequest request, ServerResponse response, HttpTraces traces) {
        if (!route.method().equals(Method.POST)) {
            route.answer().to(caller, request, response);
            return;
        }
        try (var asked = traces.begin(route, request)) {
            try {
                route.answer().to(caller, request, response);
                asked.answered(response.status().code());
            } catch (Problem.Thrown refused) {
                asked.answered(refused.problem().status());
                throw refused;
            }
        }
    }

    private static void problem(ServerResponse response, Problem problem) {
        if (problem.status() == Status.UNAUTHORIZED_401_CODE) {
            response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"keyfold\"");
        }
        Answers.problem(response, problem);
    }

    private static Problem stillReading() {
        return Problem.of(
                503,
                "STILL_READING",
                "The clusters' statuses are still being read",
                "This gateway has begun a moment ago and has not read the status topic to its end.",
                "Ask again in a moment; GET /readyz says when.");
    }

    private static Problem refused(Status status, Listening listening) {
        return status.code() == Status.REQUEST_ENTITY_TOO_LARGE_413_CODE ? RequestBody.tooLong(listening.maxBodyBytes())
                : Problem.of(
                        status.code(),
                        "BAD_REQUEST",
                        status.reasonPhrase(),
                        "The request cannot be taken as it is.",
                        "See what is served and how: GET /openapi.json");
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

    /// What is refused before any route is looked for: no HTTP, too much of it, too many at a time.
    private static DirectHandlers refusals() {
        DirectHandler refusal = (_, _, status, headers, _) -> {
            var isBusy = status.code() == Status.SERVICE_UNAVAILABLE_503_CODE;
            var problem = Problem.of(
                    status.code(),
                    isBusy ? "TOO_MANY_REQUESTS" : "BAD_REQUEST",
                    status.reasonPhrase(),
                    isBusy ? "Too many requests are being answered." : "The request cannot be taken as it is.",
                    isBusy ? "Ask again in a moment." : "See what is served and how: GET /openapi.json");
            var response = DirectHandler.TransportResponse.builder().status(status).headers(headers)
                    .header(HeaderNames.CONTENT_TYPE, "application/problem+json")
                    .keepAlive(false)
                    .entity(Answers.bytes(problem.json()));
            SECURITY_HEADERS.forEach(response::header);
            return response.build();
        };
        var handlers = DirectHandlers.builder();
        for (var type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, refusal);
        }
        return handlers.build();
    }

    private static Tls tls(Certificates certificates) {
        try {
            var own = Keys.builder().pem(
                    pem -> pem.key(Resource.create(certificates.key()))
                            .certChain(Resource.create(certificates.chain())))
                    .build();
            var tls = Tls.builder().privateKey(own).privateKeyCertChain(own);
            certificates.clientAuthorities().ifPresent(
                    authorities -> tls
                            .trust(
                                    Keys.builder()
                                            .pem(pem -> pem.certificates(Resource.create(authorities)))
                                            .build())
                            // Not required: who asks whether it lives shows none. Routes ask who calls.
                            .clientAuth(TlsClientAuth.OPTIONAL));
            return tls.build();
        } catch (RuntimeException e) { // the library's own, of many kinds; none repeats a key
            throw new IllegalArgumentException("the certificates or the key cannot be used: " + root(e), e);
        }
    }

    private static String root(Throwable failure) {
        var cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /// Where it listens.
    public URI address() {
        var name = host.contains(":") ? "[" + host + "]" : host;
        return URI.create((server.hasTls() ? "https://" : "http://") + name + ":" + server.port());
    }

    @Override
    public void close() {
        events.close();
        server.stop();
        slow.close();
    }
}
