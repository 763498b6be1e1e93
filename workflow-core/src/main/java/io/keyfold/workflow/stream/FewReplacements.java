package io.keyfold.workflow.stream;

import io.keyfold.schemas.Denial;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A thread that has died is replaced, but not for ever: an error that comes back at once is for whoever restarts the
/// process, and for people, to see. Other processes go on. A disk that is full is not waited for at all.
final class FewReplacements implements StreamsUncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(FewReplacements.class);
    private static final int AT_MOST_PER_THREAD = 3;
    private static final Duration WITHIN = Duration.ofMinutes(10);

    private final int atMost;
    private final String stateDirectory;
    private final Consumer<String> ends;
    private final Deque<Long> replacedAt = new ArrayDeque<>();

    /// @param ends is told why the workflow ends, if that can be said and done something about
    FewReplacements(int threads, String stateDirectory, Consumer<String> ends) {
        this.atMost = AT_MOST_PER_THREAD * threads;
        this.stateDirectory = stateDirectory;
        this.ends = ends;
    }

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable failure) {
        Optional<String> full = FullDisk.explained(failure, stateDirectory);
        if (full.isPresent()) {
            LOG.error(full.get(), failure);
            ends.accept(full.get());
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        long now = System.nanoTime();
        while (!replacedAt.isEmpty() && now - replacedAt.getFirst() > WITHIN.toNanos()) {
            replacedAt.removeFirst();
        }
        if (replacedAt.size() >= atMost) {
            LOG.error(
                    "A thread of the workflow has died again; after {} replacements it stops: {}", atMost,
                    Denial.explained(failure), failure);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        replacedAt.addLast(now);
        LOG.error("A thread of the workflow has died and is replaced: {}", Denial.explained(failure), failure);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
}
