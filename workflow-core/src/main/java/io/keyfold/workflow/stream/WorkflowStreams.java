package io.keyfold.workflow.stream;

import io.keyfold.monitoring.Monitor;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Kafka Streams that a process of the workflow works with, which may have to be another one in the course of its life.
final class WorkflowStreams implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkflowStreams.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

    /// Something that is done while nothing is processed.
    interface Pause {
        void run() throws InterruptedException;
    }

    private final WorkflowSettings settings;
    private final WorkflowParts parts;
    private final Path stateDirectory;
    private final Membership membership;
    private final CompletableFuture<Void> ended;
    private final Monitor monitor;
    private Monitor.Followed followed = () -> {};
    private volatile @Nullable KafkaStreams current;

    /// @param ended completed exceptionally if it stops by itself; once it is complete, nothing is begun any more
    WorkflowStreams(
            WorkflowSettings settings, WorkflowParts parts, Path stateDirectory, Membership membership,
            CompletableFuture<Void> ended, Monitor monitor) {
        this.settings = settings;
        this.parts = parts;
        this.stateDirectory = stateDirectory;
        this.membership = membership;
        this.ended = ended;
        this.monitor = monitor;
    }

    /// @return empty before it has begun, and while it is made anew
    Optional<KafkaStreams> current() {
        return Optional.ofNullable(current);
    }

    /// What lies on the disk is a copy of what Kafka has. Kafka Streams does not start with a copy that it cannot open, so
    /// that one is thrown away, once, and made anew.
    ///
    /// @throws WorkflowStartException if another process has the directory, or it cannot be written
    synchronized void begin() {
        KafkaStreams first = made();
        try {
            run(first);
        } catch (ProcessorStateException e) {
            forget();
            first.close(CLOSE_TIMEOUT);
            if (FullDisk.explained(e, stateDirectory.toString()).isPresent()) {
                throw unusable(e);
            }
            LOG.warn(
                    "The state in {} cannot be opened; it is thrown away, and restored from Kafka: {}", stateDirectory,
                    e.getMessage(), e);
            beginWithoutState();
        }
    }

    /// Stops, does something, and begins again with the state as Kafka has it.
    synchronized void beginAnew(Pause meanwhile) throws InterruptedException {
        if (ended.isDone()) {
            return;
        }
        KafkaStreams before = current;
        forget(); // its end is not the workflow's
        try {
            if (before != null) {
                before.close(CLOSE_TIMEOUT);
            }
            meanwhile.run();
        } finally {
            if (!ended.isDone()) {
                beginWithoutState();
            }
        }
    }

    private void beginWithoutState() {
        KafkaStreams streams = made();
        try {
            streams.cleanUp();
            run(streams);
        } catch (RuntimeException e) {
            forget();
            streams.close(CLOSE_TIMEOUT);
            throw e instanceof ProcessorStateException unopened ? unusable(unopened) : e;
        }
    }

    private KafkaStreams made() {
        try {
            return new KafkaStreams(
                    WorkflowTopology.of(parts),
                    KafkaConfig.streams(settings, stateDirectory.toString(), membership.instanceId()),
                    new PacedClients(parts.pace()));
        } catch (StreamsException e) {
            throw unusable(e);
        }
    }

    private WorkflowStartException unusable(StreamsException why) {
        return new WorkflowStartException(
                FullDisk.explained(why, stateDirectory.toString()).orElse(
                        "The state directory " + stateDirectory + " cannot be used (" + why.getMessage()
                                + "). Each workflow process of a machine needs one of its own that it may write:"
                                + " give this one another with state.dir, or end the other process."),
                why);
    }

    private void run(KafkaStreams streams) {
        current = streams;
        var replacements = new FewReplacements(
                settings.threads(), stateDirectory.toString(),
                why -> ended.completeExceptionally(new IllegalStateException(why)));
        streams.setUncaughtExceptionHandler(failure -> {
            StreamThreadExceptionResponse response = replacements.handle(failure);
            if (response == StreamThreadExceptionResponse.REPLACE_THREAD) {
                parts.meters().replaced();
            }
            return response;
        });
        streams.setStateListener((now, _) -> {
            boolean isOver = now == KafkaStreams.State.ERROR || now == KafkaStreams.State.NOT_RUNNING;
            if (isOver && streams.equals(current)) {
                // After close this changes nothing.
                ended.completeExceptionally(new IllegalStateException(
                        "The workflow has stopped by itself; the error logged before says why."));
            }
        });
        streams.start();
        followed = monitor.bound(
                scheduler -> new KafkaStreamsMetrics(streams, Tags.empty(), scheduler, Monitor.lookForFurther()));
    }

    private void forget() {
        current = null;
        followed.close();
        followed = () -> {};
    }

    /// Commits what was decided, and leaves the group at once if there are others, so that they need not wait for the session
    /// to end.
    @Override
    public synchronized void close() {
        KafkaStreams streams = current;
        followed.close();
        boolean hasStopped = streams == null || streams.close(
                CloseOptions.groupMembershipOperation(membership.atTheEnd()).withTimeout(CLOSE_TIMEOUT));
        if (!hasStopped) {
            LOG.warn("The workflow did not stop within {}; what was not committed is decided again.", CLOSE_TIMEOUT);
        }
    }
}
