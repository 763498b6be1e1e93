package io.keyfold.workflow.stream;

import io.keyfold.schemas.Denial;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A thread that has died is replaced, but not for ever: an error that comes back at once is for whoever restarts the
/// process, and for people, to see. Other processes go on.
final class FewReplacements implements StreamsUncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(FewReplacements.class);
    private static final int AT_MOST_PER_THREAD = 3;
    private static final Duration WITHIN = Duration.ofMinutes(10);

    private final int atMost;
    private final Deque<Long> replacedAt = new ArrayDeque<>();

    FewReplacements(int threads) {
        this.atMost = AT_MOST_PER_THREAD * threads;
    }

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable failure) {
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
