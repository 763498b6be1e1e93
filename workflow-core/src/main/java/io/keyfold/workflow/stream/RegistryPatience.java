package io.keyfold.workflow.stream;

import io.keyfold.schemas.Decoded;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.errors.TaskMigratedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits for a registry that does not answer: what cannot be read now is no dead letter.
///
/// The wait inside a record is short, because an open transaction times out and other tasks share the thread. After it
/// the thread lets go of its tasks and joins the group anew: tasks made afresh come back to the same record. Starting the
/// task alone over is not safe, see [OneLife].
final class RegistryPatience {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryPatience.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private static final Duration LONGEST_RESTART = Duration.ofSeconds(30);
    private static final long ANSWERED = Long.MIN_VALUE;

    private final Duration atMost;
    private final AtomicLong unansweredAt = new AtomicLong(ANSWERED);
    private final CountDownLatch stopping = new CountDownLatch(1);

    RegistryPatience(Duration atMost) {
        this.atMost = atMost;
    }

    <T extends SpecificRecord> Decoded<T> read(Supplier<Decoded<T>> record) {
        Decoded<T> decoded = record.get();
        if (!(decoded instanceof Decoded.RegistryUnavailable<T>(var why))) {
            return decoded;
        }
        LOG.warn("Cannot read a record because the schema registry does not answer: {}. Waiting for it.", why);
        return again(record);
    }

    private <T extends SpecificRecord> Decoded<T> again(Supplier<Decoded<T>> record) {
        long end = System.nanoTime() + atMost.toNanos();
        Duration pause = FIRST_PAUSE;
        unansweredAt.set(System.nanoTime());
        while (System.nanoTime() < end && !stops(pause)) {
            Decoded<T> decoded = record.get();
            if (!(decoded instanceof Decoded.RegistryUnavailable<T>)) {
                LOG.info("The schema registry answers again.");
                unansweredAt.set(ANSWERED);
                return decoded;
            }
            unansweredAt.set(System.nanoTime());
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
        TaskMigratedException joinAnew =
                new TaskMigratedException("The schema registry has not answered for " + atMost.toMillis() + " ms");
        joinAnew.setStackTrace(new StackTraceElement[0]); // it says nothing, and Streams logs it every time
        throw joinAnew;
    }

    private boolean stops(Duration pause) {
        try {
            return stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /// Whether a record waits: also while its thread joins anew.
    boolean isWaiting() {
        long at = unansweredAt.get();
        return at != ANSWERED && System.nanoTime() - at < LONGEST_RESTART.toNanos();
    }

    /// Ends all waits: the process is going down.
    void stop() {
        stopping.countDown();
    }
}
