package io.keyfold.workflow.stream;

import io.keyfold.monitoring.Monitor;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.InputGap;
import io.keyfold.workflow.saga.SagaFold;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The workflow as a service: started with its settings, then ready, then closed.
public final class Workflow implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Workflow.class);

    /// How Kafka's clients say that no name server knows any of the brokers, or none answers. Names may come to be known.
    private static final String UNKNOWN_HOSTS = "No resolvable bootstrap urls";

    /// A transaction lives 10 s; the wait for the registry must end well before.
    private static final Duration REGISTRY_PATIENCE = Duration.ofSeconds(5);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);

    private static final Duration BETWEEN_LOOKS_FOR_WHAT_HANGS = Duration.ofSeconds(5);

    /// Whoever works can wait a little longer for what it does not stand in the way of.
    private static final int LOOKS_WHILE_WELL = 12;

    /// It counts when another process is to be taken over from.
    private static final Duration BETWEEN_LOOKS_FOR_WHAT_IS_LEFT = Duration.ofSeconds(1);

    private final WorkflowStreams streams;
    private final Admin admin;
    private final ContractSerdes serdes;
    private final RegistryPatience patience;
    private final Readiness readiness;
    private final CompletableFuture<Void> ended;

    private Workflow(
            WorkflowStreams streams, Admin admin, ContractSerdes serdes, RegistryPatience patience,
            Readiness readiness, CompletableFuture<Void> ended) {
        this.streams = streams;
        this.admin = admin;
        this.serdes = serdes;
        this.patience = patience;
        this.readiness = readiness;
        this.ended = ended;
    }

    /// As below, unseen by anybody.
    public static Workflow start(Map<String, String> given) {
        return start(given, Monitor.off());
    }

    /// Waits for Kafka, its topics and the registry as long as `start.timeout.ms` says, then begins to work.
    ///
    /// @param monitor shows how it is from then on; stays its owner's to close
    /// @throws WorkflowStartException saying what is missing or wrong and what to do; if it was Kafka or the registry that
    ///         did not answer, nothing has been left open and the same start may be tried again
    /// @throws org.apache.kafka.common.config.ConfigException naming the setting that is unknown, missing or wrong
    public static Workflow start(Map<String, String> given, Monitor monitor) {
        WorkflowSettings settings = WorkflowSettings.of(given);
        Admin admin = admin(settings);
        try {
            return start(settings, admin, monitor);
        } catch (RuntimeException e) {
            admin.close(Duration.ZERO);
            throw e;
        }
    }

    private static Admin admin(WorkflowSettings settings) {
        try {
            return Admin.create(KafkaConfig.admin(settings));
        } catch (KafkaException e) {
            String why = String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
            String kafka = "Kafka at " + settings.bootstrapServers();
            String message = kafka + " cannot be reached (" + why
                    + "). Check bootstrap.servers and the kafka. settings.";
            throw why.startsWith(UNKNOWN_HOSTS)
                    ? new WorkflowStartException(message, kafka, e)
                    : new WorkflowStartException(message, e);
        }
    }

    private static Workflow start(WorkflowSettings settings, Admin admin, Monitor monitor) {
        StartCheck check = new StartCheck(admin, settings);
        String cluster = check.clusterId();
        StartCheck.Checked topics = check.topics();
        check.workers();
        WorkflowMeters meters = new WorkflowMeters(monitor.meters());
        GapReport told = new GapReport(meters);
        List<InputGap> gaps = check.gaps(topics.sources());
        told.tell(gaps);
        check.passOver(gaps);
        ContractSerdes serdes = new ContractSerdes(new AvroSerdes(settings.serdes()));
        try {
            check.registry(serdes);
            RegistryPatience patience = new RegistryPatience(REGISTRY_PATIENCE);
            WorkflowParts parts = new WorkflowParts(
                    settings.installation(),
                    new SagaFold(settings.saga())::fold,
                    serdes,
                    topics.facts(),
                    patience,
                    new Pace(),
                    settings.timerInterval(),
                    settings.saga().verifyInterval(),
                    meters,
                    new WorkflowTraces(monitor.traces(), settings.installation()));
            CompletableFuture<Void> ended = new CompletableFuture<>();
            Path stateDirectory = Path.of(settings.stateDirectory(), cluster);
            WorkflowStreams streams = new WorkflowStreams(
                    settings, parts, stateDirectory, Membership.of(settings, stateDirectory, admin), ended,
                    monitor);
            streams.begin();
            Readiness readiness = new Readiness(
                    streams::current, admin, settings.applicationId(), topics.sources(), patience);
            meters.show(patience);
            monitor.watch(new WorkflowVitals(streams::current, readiness, patience, ended, settings));
            Workflow workflow = new Workflow(streams, admin, serdes, patience, readiness, ended);
            workflow.watch(check, topics.sources(), told);
            workflow.endWhatIsLeft(new LeftTransactions(admin, settings.applicationId()));
            workflow.undoWhatHangs(settings);
            LOG.info("Workflow {} works on Kafka cluster {}.", settings.applicationId(), cluster);
            return workflow;
        } catch (RuntimeException e) {
            serdes.close();
            throw e;
        }
    }

    /// Looks from time to time whether a worker of an earlier version has come, which would carry out only what it knows of a
    /// command: then the workflow stops, sends no more commands, and waits at its next start until that worker is gone. And
    /// whether something is deleted that it has not come to read.
    private void watch(StartCheck check, Set<TopicPartition> sources, GapReport told) {
        every(BETWEEN_LOOKS, "watch-of-workers-and-input", () -> {
            check.earlierWorkers()
                    .ifPresent(message -> ended.completeExceptionally(new IllegalStateException(message)));
            told.tell(check.gaps(sources));
        });
    }

    private void endWhatIsLeft(LeftTransactions left) {
        every(BETWEEN_LOOKS_FOR_WHAT_IS_LEFT, "watch-of-transactions", () -> {
            List<String> gone = left.end();
            if (!gone.isEmpty()) {
                LOG.info("A process of the workflow is gone; what it had left open is undone: {}", gone);
            }
        });
    }

    private void undoWhatHangs(WorkflowSettings settings) {
        var repair = new TransactionRepair(
                new HangingTransactions(admin, settings.applicationId()), streams, settings.bootstrapServers());
        var looks = new AtomicInteger();
        every(BETWEEN_LOOKS_FOR_WHAT_HANGS, "watch-of-hanging-transactions", () -> {
            if (looks.incrementAndGet() % LOOKS_WHILE_WELL == 0 || !isReady()) {
                repair.look();
            }
        });
    }

    private interface Look {
        void look() throws InterruptedException;
    }

    /// Each watch has its own thread: one that Kafka keeps waiting must not hold up another, which may be the one that counts
    /// just then.
    private void every(Duration pause, String name, Look watch) {
        Thread.ofVirtual().name(name).start(() -> {
            while (!isEndedWithin(pause)) {
                try {
                    watch.look();
                } catch (KafkaException | WorkflowStartException e) { // Kafka is to be well again; the next look comes
                    LOG.debug("The {} sees nothing at the moment", name, e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        });
    }

    /// Says once of each gap that it is there.
    private record GapReport(WorkflowMeters meters, Set<InputGap> told) {
        GapReport(WorkflowMeters meters) {
            this(meters, new HashSet<>());
        }

        void tell(List<InputGap> gaps) {
            gaps.stream().filter(told::add).forEach(gap -> {
                meters.gone();
                LOG.error("{}. {}.", gap.words(), gap.remedy());
            });
        }
    }

    private boolean isEndedWithin(Duration atMost) {
        try {
            ended.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /// Whether every partition of what the workflow reads is being processed, by this process or others of the
    /// installation, and nothing waits for the registry.
    public boolean isReady() {
        return isHealthy() && readiness.isReady();
    }

    /// Whether it has not given up. One that waits for Kafka or the registry is healthy, but not ready.
    public boolean isHealthy() {
        return !ended.isDone();
    }

    /// @return false if it took longer, or the workflow has stopped
    public boolean awaitReady(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (isHealthy()) {
            if (isReady()) {
                return true;
            }
            if (System.nanoTime() >= deadline) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN.toMillis());
        }
        return false;
    }

    /// Returns when [#close()] was called by another thread, as a shutdown hook does.
    ///
    /// @throws ExecutionException if the workflow has stopped by itself
    public void await() throws InterruptedException, ExecutionException {
        ended.get();
    }

    /// Commits what was decided. If there are others, it leaves the group at once, so that they need not wait for the session
    /// to end.
    @Override
    public void close() {
        ended.complete(null);
        patience.stop();
        streams.close();
        serdes.close();
        admin.close(Duration.ZERO);
    }
}
