package io.keyfold.gateway;

import io.keyfold.gateway.access.Callers;
import io.keyfold.gateway.fleet.Fleet;
import io.keyfold.gateway.http.HttpServer;
import io.keyfold.gateway.topic.AuditReader;
import io.keyfold.gateway.topic.HistoryReader;
import io.keyfold.gateway.topic.KafkaClients;
import io.keyfold.gateway.topic.RequestPublisher;
import io.keyfold.gateway.topic.StatusReader;
import io.keyfold.gateway.topic.TopicIds;
import io.keyfold.monitoring.Monitor;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.SchemaLookUp;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One gateway: reads the topics, answers over HTTP.
public final class Gateway implements AutoCloseable {
    private final StatusReader statuses;
    private final HttpServer server;
    private final Deque<Runnable> closings;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    /// @param closings what closes it all, what was opened last first
    private Gateway(StatusReader statuses, AuditReader audit, HttpServer server, Deque<Runnable> closings) {
        this.statuses = statuses;
        this.server = server;
        this.closings = closings;
        for (var reader : List.of(statuses.ended(), audit.ended())) {
            var _ = reader.whenComplete((_, failure) -> {
                if (failure != null) {
                    stopped.completeExceptionally(failure);
                }
            });
        }
    }

    /// As below, without metrics.
    public static Gateway start(Map<String, String> given) {
        return start(given, Monitor.off());
    }

    /// Looks whether Kafka, its topics and the registry are there, then listens and begins to read.
    ///
    /// @param monitor shows how it is from then on; stays its owner's to close
    /// @throws GatewayStartException saying what is missing or wrong and what to do; nothing has been left open
    /// @throws org.apache.kafka.common.config.ConfigException naming the setting that is unknown, missing or wrong
    public static Gateway start(Map<String, String> given, Monitor monitor) {
        var settings = GatewaySettings.of(given);
        var callers = settings.tokens().isEmpty() && settings.subjects().isEmpty() ? Callers.anybody()
                : Callers.listed(settings.tokens(), settings.subjects());
        var clients = new KafkaClients(
                settings.bootstrapServers(), new AvroSerdes(settings.serdes()), settings.kafkaOthers());
        var ids = topics(settings, clients);
        var fleet = new Fleet();
        var opened = new ArrayDeque<Runnable>();
        try {
            var publisher = new RequestPublisher(
                    clients, "/keyfold/" + settings.installation() + "/gateway", monitor.traces());
            opened.push(publisher::close);
            requireSchemas(settings, publisher);
            var statuses = new StatusReader(clients, fleet, idOf(Topics.CLUSTER_ENCRYPTION_STATUS, ids));
            opened.push(statuses::close);
            opened.push(statuses.showTo(monitor)::close);
            var audit = new AuditReader(clients);
            opened.push(audit::close);
            var history = new HistoryReader(clients, audit);
            opened.push(history::close);
            var server = HttpServer.start(
                    new HttpServer.Listening(
                            settings.host(),
                            settings.port(),
                            settings.allowedHosts(),
                            settings.certificates(),
                            settings.maxBodyBytes(),
                            settings.maxStreams()),
                    new HttpServer.Parts(
                            fleet, statuses, history, publisher, callers, Clock.systemUTC(), monitor.traces()));
            opened.push(server::close);
            statuses.start();
            audit.start();
            GatewayMeters.show(monitor.meters(), fleet, statuses);
            monitor.watch(new GatewayVitals(statuses));
            return new Gateway(statuses, audit, server, opened);
        } catch (RuntimeException e) {
            opened.forEach(Runnable::run);
            throw e;
        }
    }

    private static Map<String, String> topics(GatewaySettings settings, KafkaClients clients) {
        var kafka = "Kafka at " + settings.bootstrapServers();
        List<Topic<?>> needed = List.of(
                Topics.CLUSTER_ENCRYPTION_STATUS,
                Topics.CLUSTER_ENCRYPTION_AUDIT,
                Topics.CLUSTER_DEPLOY_REQUESTED,
                Topics.CLUSTER_CONTROL_REQUESTED);
        return switch (TopicIds.of(clients, needed, settings.startTimeout())) {
            case TopicIds.Known(var ids) -> ids;
            case TopicIds.Unanswered(var why) -> throw new GatewayStartException(kafka + " " + why, kafka, null);
            case TopicIds.Refused(var why) -> throw new GatewayStartException(kafka + " " + why);
        };
    }

    private static String idOf(Topic<?> topic, Map<String, String> ids) {
        return Objects.requireNonNull(ids.get(topic.name()));
    }

    private static void requireSchemas(GatewaySettings settings, RequestPublisher publisher) {
        var registry = "schema registry at " + settings.serdes().registryUrl();
        switch (publisher.schemas()) {
            case SchemaLookUp.Known _ -> {}
            case SchemaLookUp.Unanswered(var why) -> throw new GatewayStartException(
                    "The " + registry + " does not answer (" + why
                            + "). Check that it runs and that schema.registry.url is right.",
                    "the " + registry,
                    null);
            case SchemaLookUp.Refused(var why) -> throw new GatewayStartException(
                    "The " + registry + " does not tell the requests' schemas (" + why
                            + "). Check schema.registry.url and the registry. settings, then register the schemas:"
                            + " keyfold topics create");
        }
    }

    /// Where it listens.
    public URI address() {
        return server.address();
    }

    /// Waits until the status topic has been read to the end that it had at the start.
    ///
    /// @return false if that took longer, or reading has ended
    public boolean awaitReady(Duration atMost) throws InterruptedException {
        try {
            CompletableFuture.anyOf(statuses.caughtUp(), statuses.ended())
                    .get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
        return statuses.caughtUp().isDone();
    }

    /// Whether it reads: it has neither ended by itself nor been closed.
    public boolean isHealthy() {
        return !stopped.isDone() && !statuses.ended().isDone();
    }

    /// Returns when [#close()] was called by another thread, as a shutdown hook does.
    ///
    /// @throws ExecutionException if it has ended by itself
    public void await() throws InterruptedException, ExecutionException {
        stopped.get();
    }

    @Override
    public void close() {
        closings.forEach(Runnable::run);
        stopped.complete(null);
    }
}
