package io.keyfold.workers;

import io.keyfold.monitoring.Monitor;
import io.keyfold.monitoring.ThisProcess;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.Denial;
import io.keyfold.schemas.SchemaLookUp;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.workers.authorization.AuthorizationWorker;
import io.keyfold.workers.delivery.AuthorizationContract;
import io.keyfold.workers.delivery.ClientConfig;
import io.keyfold.workers.delivery.CommandDesk;
import io.keyfold.workers.delivery.CommandTraces;
import io.keyfold.workers.delivery.ControlDesk;
import io.keyfold.workers.delivery.DeliveryMeters;
import io.keyfold.workers.delivery.KeyedConsumer;
import io.keyfold.workers.delivery.KmsInstanceContract;
import io.keyfold.workers.delivery.RootKeyContract;
import io.keyfold.workers.delivery.StepContract;
import io.keyfold.workers.ibmcloud.IbmCloud;
import io.keyfold.workers.keymaterial.MaterialSources;
import io.keyfold.workers.kmsinstance.KmsInstanceWorker;
import io.keyfold.workers.rootkey.RootKeyWorker;
import io.keyfold.workers.step.Gate;
import io.keyfold.workers.step.MonotonicTime;
import io.keyfold.workers.step.StepRunner;
import io.keyfold.workers.step.StepRunners;
import io.keyfold.workers.step.Turn;
import io.keyfold.workers.step.Worker;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The workers of one process: one kind or several, which then share nothing but the process.
public final class WorkerService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerService.class);

    /// How Kafka's clients say that no name server knows any of the brokers, or none answers. Names may come to be known.
    private static final String UNKNOWN_HOSTS = "No resolvable bootstrap urls";

    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final List<Running> workers;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    private WorkerService(List<Running> workers) {
        this.workers = List.copyOf(workers);
        for (Running worker : workers) {
            var _ = worker.consumer.ended().whenComplete((_, failure) -> {
                if (failure != null) {
                    stopped.completeExceptionally(failure);
                }
            });
        }
    }

    /// As below, unseen by anybody.
    public static WorkerService start(Collection<WorkerKind> kinds, Map<String, String> given) {
        return start(kinds, given, Monitor.off());
    }

    /// Waits for Kafka, its topics and the registry as long as `start.timeout.ms` says, then begins to work.
    ///
    /// @param monitor shows how they are from then on; stays its owner's to close
    /// @throws WorkerStartException saying what is missing or wrong and what to do; if it was Kafka or the registry that did
    ///         not answer, nothing has been left open and the same start may be tried again
    /// @throws org.apache.kafka.common.config.ConfigException naming the setting that is unknown, missing or wrong
    public static WorkerService start(
            Collection<WorkerKind> kinds, Map<String, String> given, Monitor monitor) {
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("no worker kind was named");
        }
        WorkerSettings settings = WorkerSettings.of(given);
        Set<WorkerKind> all = new TreeSet<>(kinds);
        awaitSurroundings(all, settings);
        List<Running> workers = new ArrayList<>();
        try {
            all.forEach(kind -> workers.add(Running.of(kind, settings, monitor)));
        } catch (RuntimeException e) {
            workers.forEach(Running::close);
            throw e;
        }
        try {
            workers.forEach(worker -> worker.begin(settings));
        } catch (RuntimeException e) {
            workers.forEach(Running::close);
            throw e;
        }
        workers.forEach(worker -> worker.showTo(monitor));
        monitor.watch(
                new WorkerVitals(workers.stream().map(Running::vitals).toList(), Clock.systemUTC()));
        return new WorkerService(workers);
    }

    /// Waits until every worker is a member of its consumer group.
    ///
    /// @return false if that took longer, or a worker has ended
    public boolean awaitReady(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        for (Running worker : workers) {
            if (!worker.consumer.awaitReady(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
                return false;
            }
        }
        return true;
    }

    /// Whether all are at work or on their way to it: none has ended, by itself or because it was closed.
    public boolean isHealthy() {
        return !stopped.isDone() && workers.stream().noneMatch(worker -> worker.consumer.ended().isDone());
    }

    /// Returns when [#close()] was called by another thread, as a shutdown hook does.
    ///
    /// @throws ExecutionException if a worker has ended by itself; the others go on until they are closed
    public void await() throws InterruptedException, ExecutionException {
        stopped.get();
    }

    /// Takes no more commands, finishes what has begun and what lies before it, publishes, commits and leaves the groups.
    @Override
    public void close() {
        List<Thread> closing = workers.stream().map(worker -> Thread.ofVirtual().start(worker::close)).toList();
        try {
            for (Thread one : closing) {
                one.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stopped.complete(null);
    }

    private static void awaitSurroundings(Set<WorkerKind> kinds, WorkerSettings settings) {
        long since = System.nanoTime();
        String last = "";
        while (true) {
            try {
                requireTopics(kinds, settings);
                requireSchemas(kinds, settings);
                return;
            } catch (WorkerStartException e) {
                long now = System.nanoTime();
                // Who did not answer and now does has its own time: a registry that is starting knows nothing for a moment.
                String unanswered = e.waitsFor().orElse("");
                since = last.isEmpty() || last.equals(unanswered) ? since : now;
                last = unanswered;
                if (now - since >= settings.startTime().toNanos() || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private static void requireTopics(Set<WorkerKind> kinds, WorkerSettings settings) {
        Set<String> needed = new TreeSet<>();
        needed.add(Topics.DEAD_LETTERS.name());
        needed.add(Topics.WORKER_CONTROL.name());
        needed.add(Topics.WORKER_STATUS.name());
        for (WorkerKind kind : kinds) {
            needed.add(commands(kind).name());
            needed.add(events(kind).name());
        }
        Set<String> missing = missing(needed, kinds.iterator().next(), settings);
        if (!missing.isEmpty()) {
            throw new WorkerStartException(
                    "Kafka at " + settings.bootstrapServers() + " has no topic " + String.join(", ", missing)
                            + ". Create the topics first: keyfold topics create");
        }
    }

    /// The topic of what this kind is told to do.
    public static Topic<?> commands(WorkerKind kind) {
        return switch (kind) {
            case KMS_INSTANCE -> Topics.KMS_INSTANCE_COMMANDS;
            case ROOT_KEY -> Topics.ROOT_KEY_COMMANDS;
            case AUTHORIZATION -> Topics.AUTHORIZATION_COMMANDS;
        };
    }

    private static Topic<?> events(WorkerKind kind) {
        return switch (kind) {
            case KMS_INSTANCE -> Topics.KMS_INSTANCE_EVENTS;
            case ROOT_KEY -> Topics.ROOT_KEY_EVENTS;
            case AUTHORIZATION -> Topics.AUTHORIZATION_EVENTS;
        };
    }

    /// Asked for one by one: a list of all topics would leave out what this user may not see.
    private static Set<String> missing(Set<String> topics, WorkerKind kind, WorkerSettings settings) {
        String kafka = "Kafka at " + settings.bootstrapServers();
        Map<String, Object> config = settings.kafka(kind).admin();
        int patience = Math.toIntExact(settings.startTime().toMillis());
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, patience);
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, patience);
        try (Admin admin = Admin.create(config)) {
            Set<String> missing = new TreeSet<>();
            for (var topic : admin.describeTopics(topics).topicNameValues().entrySet()) {
                if (!exists(topic.getKey(), topic.getValue(), patience)) {
                    missing.add(topic.getKey());
                }
            }
            return missing;
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            Optional<Denial> denial = Denial.of(cause);
            if (denial.isPresent()) {
                throw new WorkerStartException(
                        kafka + " " + denial.get().words() + ". " + denial.get().remedy() + ".", e);
            }
            String why = cause.getMessage() == null ? "no answer in time" : cause.getMessage();
            String message = kafka + " does not answer (" + why
                    + "). Check that it runs and that bootstrap.servers is right.";
            boolean passes = e instanceof TimeoutException || cause instanceof RetriableException
                    || why.startsWith(UNKNOWN_HOSTS);
            throw passes ? new WorkerStartException(message, kafka, e) : new WorkerStartException(message, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WorkerStartException("The start was interrupted.", e);
        }
    }

    private static boolean exists(String topic, KafkaFuture<TopicDescription> described, int patience)
            throws ExecutionException, TimeoutException, InterruptedException {
        try {
            described.get(patience, TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw Denial.named(topic, e);
        }
    }

    /// An answer that cannot be written would keep its command waiting, so the registry is asked before the first one.
    private static void requireSchemas(Set<WorkerKind> kinds, WorkerSettings settings) {
        AvroSerdes serdes = new AvroSerdes(settings.serdes());
        requireSchema(Topics.DEAD_LETTERS, serdes, settings);
        requireSchema(Topics.WORKER_STATUS, serdes, settings);
        kinds.forEach(kind -> requireSchema(events(kind), serdes, settings));
    }

    private static <T extends SpecificRecord> void requireSchema(
            Topic<T> topic, AvroSerdes serdes, WorkerSettings settings) {
        String registry = "schema registry at " + settings.serdes().registryUrl();
        try (Serializer<T> serializer = serdes.serializer(topic)) {
            switch (SchemaLookUp.of(topic, serializer)) {
                case SchemaLookUp.Known _ -> {}
                case SchemaLookUp.Unanswered(String why) -> throw new WorkerStartException(
                        "The " + registry + " does not answer (" + why
                                + "). Check that it runs and that schema.registry.url is right.",
                        "the " + registry);
                case SchemaLookUp.Refused(String why) -> throw new WorkerStartException(
                        "The " + registry + " does not tell the schema of topic " + topic + " (" + why
                                + "). Check schema.registry.url and the registry. settings, then register the schemas:"
                                + " keyfold topics create");
            }
        }
    }

    /// One kind at work.
    private record Running(
            WorkerKind kind,
            KeyedConsumer consumer,
            CommandDesk<?, ?, ?> desk,
            ControlDesk controls,
            Map<String, IbmCloud> clouds,
            Map<String, Gate> gates,
            DeliveryMeters meters,
            List<Monitor.Followed> followed)
            implements AutoCloseable {

        static Running of(WorkerKind kind, WorkerSettings settings, Monitor monitor) {
            Map<String, IbmCloud> clouds = new TreeMap<>();
            try {
                settings.accounts().byAlias()
                        .forEach((alias, cloud) -> clouds.put(alias, new IbmCloud(cloud, monitor)));
                return switch (kind) {
                    case KMS_INSTANCE -> of(
                            kind,
                            settings,
                            clouds,
                            monitor,
                            new KmsInstanceContract(),
                            cloud -> new KmsInstanceWorker(cloud.kmsInstances(), settings.allowedNetwork()));
                    case ROOT_KEY -> {
                        MaterialSources materials = new MaterialSources(settings.materials());
                        yield of(
                                kind,
                                settings,
                                clouds,
                                monitor,
                                new RootKeyContract(),
                                cloud -> new RootKeyWorker(cloud.rootKeys(), materials));
                    }
                    case AUTHORIZATION -> of(
                            kind,
                            settings,
                            clouds,
                            monitor,
                            new AuthorizationContract(),
                            cloud -> new AuthorizationWorker(cloud.authorizationPolicies()));
                };
            } catch (RuntimeException e) {
                clouds.values().forEach(IbmCloud::close);
                throw e;
            }
        }

        private static <C extends SpecificRecord, E extends SpecificRecord, T> Running of(
                WorkerKind kind,
                WorkerSettings settings,
                Map<String, IbmCloud> clouds,
                Monitor monitor,
                StepContract<C, E, T> contract,
                Function<IbmCloud, Worker<T>> worker) {
            DeliveryMeters meters = new DeliveryMeters(monitor.meters(), kind.service());
            Map<String, Gate> gates = new TreeMap<>();
            Map<String, StepRunner<T>> runners = new TreeMap<>();
            clouds.forEach((alias, cloud) -> {
                Gate gate = new Gate();
                gates.put(alias, gate);
                runners.put(
                        alias, new StepRunner<>(worker.apply(cloud), alias, surroundings(settings, cloud), gate));
            });
            ClientConfig kafka = settings.kafka(kind);
            AvroSerdes serdes = new AvroSerdes(settings.serdes());
            String source = "/keyfold/" + settings.installation() + "/" + kind.service();
            String process = kind.service() + "@" + ThisProcess.hostAndId();
            CommandDesk<C, E, T> desk = new CommandDesk<>(
                    contract,
                    new StepRunners<>(runners),
                    kafka,
                    serdes,
                    source,
                    process,
                    Clock.systemUTC(),
                    meters,
                    new CommandTraces(monitor.traces(), kind.service()));
            try {
                KeyedConsumer consumer = new KeyedConsumer(
                        kind.service(),
                        kafka.consumer(settings.groupId(kind)),
                        contract.commands().name(),
                        settings.limits(),
                        desk);
                ControlDesk controls = new ControlDesk(
                        gates,
                        io.keyfold.contract.WorkerKind.valueOf(kind.name()),
                        kind.service(),
                        kafka,
                        serdes,
                        source,
                        process,
                        Clock.systemUTC());
                return new Running(kind, consumer, desk, controls, clouds, gates, meters, new ArrayList<>());
            } catch (RuntimeException e) {
                desk.close();
                throw e;
            }
        }

        private static Turn.Surroundings surroundings(WorkerSettings settings, IbmCloud cloud) {
            return new Turn.Surroundings(
                    Clock.systemUTC(),
                    MonotonicTime.SYSTEM,
                    new Random(),
                    settings.stepTime(),
                    cloud.callTimeout());
        }

        void showTo(Monitor monitor) {
            WorkerMeters.show(monitor, kind, consumer, meters, gates, Clock.systemUTC());
            followed.add(consumer.showTo(monitor));
            followed.add(desk.showTo(monitor));
        }

        WorkerVitals.Worker vitals() {
            return new WorkerVitals.Worker(kind, consumer, meters, gates);
        }

        /// No command before it is known whether it is paused.
        void begin(WorkerSettings settings) {
            if (!controls.start(settings.startTime())) {
                throw new WorkerStartException(
                        "Kafka at " + settings.bootstrapServers() + " does not give what lies in "
                                + Topics.WORKER_CONTROL
                                + " and " + Topics.WORKER_STATUS + ". Check that its partitions have leaders.",
                        "Kafka at " + settings.bootstrapServers());
            }
            consumer.start();
        }

        @Override
        public void close() {
            followed.forEach(Monitor.Followed::close);
            consumer.close();
            controls.close();
            desk.close();
            clouds.values().forEach(IbmCloud::close);
            LOG.info("worker={} stopped", kind.service());
        }
    }
}
