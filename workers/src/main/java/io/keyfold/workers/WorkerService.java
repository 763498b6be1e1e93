package io.keyfold.workers;

import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.Topics;
import io.keyfold.workers.authorization.AuthorizationWorker;
import io.keyfold.workers.delivery.AuthorizationContract;
import io.keyfold.workers.delivery.ClientConfig;
import io.keyfold.workers.delivery.CommandDesk;
import io.keyfold.workers.delivery.KeyedConsumer;
import io.keyfold.workers.delivery.KmsInstanceContract;
import io.keyfold.workers.delivery.RootKeyContract;
import io.keyfold.workers.delivery.StepContract;
import io.keyfold.workers.ibmcloud.IbmCloud;
import io.keyfold.workers.keymaterial.MaterialSources;
import io.keyfold.workers.kmsinstance.KmsInstanceWorker;
import io.keyfold.workers.rootkey.RootKeyWorker;
import io.keyfold.workers.step.MonotonicTime;
import io.keyfold.workers.step.StepRunner;
import io.keyfold.workers.step.Turn;
import io.keyfold.workers.step.Worker;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The workers of one process: one kind or several, which then share nothing but the process.
public final class WorkerService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerService.class);

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

    /// @throws WorkerStartException saying what is missing and what to do
    /// @throws org.apache.kafka.common.config.ConfigException naming the setting that is unknown, missing or wrong
    public static WorkerService start(Collection<WorkerKind> kinds, Map<String, String> given) {
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("no worker kind was named");
        }
        WorkerSettings settings = WorkerSettings.of(given);
        Set<WorkerKind> all = new TreeSet<>(kinds);
        requireTopics(all, settings);
        List<Running> workers = new ArrayList<>();
        try {
            all.forEach(kind -> workers.add(Running.of(kind, settings)));
        } catch (RuntimeException e) {
            workers.forEach(Running::close);
            throw e;
        }
        workers.forEach(worker -> worker.consumer.start());
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

    /// Returns when [#close()] was called by another thread, as a shutdown hook does.
    ///
    /// @throws ExecutionException if a worker has ended by itself; the others go on until they are closed
    public void await() throws InterruptedException, ExecutionException {
        stopped.get();
    }

    /// Takes no more commands, finishes what has begun, publishes, commits and leaves the groups.
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

    private static void requireTopics(Set<WorkerKind> kinds, WorkerSettings settings) {
        Set<String> needed = new TreeSet<>();
        needed.add(Topics.DEAD_LETTERS.name());
        for (WorkerKind kind : kinds) {
            switch (kind) {
                case KMS_INSTANCE ->
                    needed.addAll(List.of(Topics.KMS_INSTANCE_COMMANDS.name(), Topics.KMS_INSTANCE_EVENTS.name()));
                case ROOT_KEY -> needed.addAll(List.of(Topics.ROOT_KEY_COMMANDS.name(), Topics.ROOT_KEY_EVENTS.name()));
                case AUTHORIZATION ->
                    needed.addAll(List.of(Topics.AUTHORIZATION_COMMANDS.name(), Topics.AUTHORIZATION_EVENTS.name()));
            }
        }
        needed.removeAll(existingTopics(kinds.iterator().next(), settings));
        if (!needed.isEmpty()) {
            throw new WorkerStartException(
                    "Kafka at " + settings.bootstrapServers() + " has no topic " + String.join(", ", needed)
                            + ". Create the topics first: keyfold topics create");
        }
    }

    private static Set<String> existingTopics(WorkerKind kind, WorkerSettings settings) {
        Map<String, Object> config = settings.kafka(kind).admin();
        int patience = Math.toIntExact(settings.startTime().toMillis());
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, patience);
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, patience);
        try (Admin admin = Admin.create(config)) {
            return admin.listTopics().names().get(patience, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            throw new WorkerStartException(
                    "Kafka at " + settings.bootstrapServers() + " does not answer (" + cause.getMessage()
                            + "). Check that it runs and that bootstrap.servers is right.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WorkerStartException("The start was interrupted.", e);
        }
    }

    /// One kind at work.
    private record Running(WorkerKind kind, KeyedConsumer consumer, CommandDesk<?, ?, ?> desk, IbmCloud cloud)
            implements AutoCloseable {

        static Running of(WorkerKind kind, WorkerSettings settings) {
            IbmCloud cloud = new IbmCloud(settings.cloud());
            try {
                return switch (kind) {
                    case KMS_INSTANCE -> of(
                            kind,
                            settings,
                            cloud,
                            new KmsInstanceContract(),
                            new KmsInstanceWorker(cloud.kmsInstances(), settings.allowedNetwork()));
                    case ROOT_KEY -> of(
                            kind,
                            settings,
                            cloud,
                            new RootKeyContract(),
                            new RootKeyWorker(cloud.rootKeys(), new MaterialSources(settings.materials())));
                    case AUTHORIZATION -> of(
                            kind,
                            settings,
                            cloud,
                            new AuthorizationContract(),
                            new AuthorizationWorker(cloud.authorizationPolicies()));
                };
            } catch (RuntimeException e) {
                cloud.close();
                throw e;
            }
        }

        private static <C extends SpecificRecord, E extends SpecificRecord, T> Running of(
                WorkerKind kind,
                WorkerSettings settings,
                IbmCloud cloud,
                StepContract<C, E, T> contract,
                Worker<T> worker) {
            Turn.Surroundings surroundings = new Turn.Surroundings(
                    Clock.systemUTC(),
                    MonotonicTime.SYSTEM,
                    new Random(),
                    settings.stepTime(),
                    settings.cloud().callTimeout());
            ClientConfig kafka = settings.kafka(kind);
            CommandDesk<C, E, T> desk = new CommandDesk<>(
                    contract,
                    new StepRunner<>(worker, settings.account(), surroundings),
                    kafka,
                    new AvroSerdes(settings.serdes()),
                    "/keyfold/" + settings.installation() + "/" + kind.service(),
                    kind.service() + "@" + hostAndProcess(),
                    Clock.systemUTC());
            try {
                KeyedConsumer consumer = new KeyedConsumer(
                        kind.service(),
                        kafka.consumer(settings.groupId(kind)),
                        contract.commands().name(),
                        settings.limits(),
                        desk);
                return new Running(kind, consumer, desk, cloud);
            } catch (RuntimeException e) {
                desk.close();
                throw e;
            }
        }

        @Override
        public void close() {
            consumer.close();
            desk.close();
            cloud.close();
            LOG.info("worker={} stopped", kind.service());
        }
    }

    private static String hostAndProcess() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "localhost";
        }
        return host + "/" + ProcessHandle.current().pid();
    }
}
