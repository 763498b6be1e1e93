package io.keyfold.workers.ibmcloud;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.IbmAnswer;
import io.keyfold.workers.step.MonotonicTime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Keeps all calls to one API under a rate, and all of them back for as long as IBM has asked any of them to stay away.
final class RateLimit {
    /// Longer than this nobody waits here: the command is deferred.
    static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Bucket bucket;
    private final MonotonicTime time;
    private final AtomicLong closedUntil;

    RateLimit(int callsPerSecond, MonotonicTime time) {
        this.time = time;
        this.closedUntil = new AtomicLong(time.nanoTime());
        this.bucket = Bucket.builder()
                .withCustomTimePrecision(new Meter(time))
                .addLimit(limit -> limit.capacity(callsPerSecond)
                        .refillGreedy(callsPerSecond, Duration.ofSeconds(1)))
                .build();
    }

    /// Waits for this call's turn.
    ///
    /// @throws FaultException transient, with the time to come back, where the turn is too far away
    void await(String call) {
        try {
            var closedFor = closedFor();
            if (closedFor.compareTo(LONGEST_WAIT) > 0) {
                throw rateLimited(call, "IBM Cloud has asked for a pause", closedFor);
            }
            if (closedFor.isPositive()) {
                time.sleep(closedFor);
            }
            if (!bucket.asBlocking().tryConsume(1, LONGEST_WAIT, nanos -> time.sleep(Duration.ofNanos(nanos)))) {
                throw rateLimited(call, "our own limit of calls a second is reached", LONGEST_WAIT);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw rateLimited(call, "interrupted while waiting for its turn", Duration.ofSeconds(1));
        }
    }

    /// No call before that: IBM has told one of ours, and means all. Longer pauses than [#LONGEST_PAUSE] are only the told
    /// one's, so that one odd answer does not stop a worker for an hour.
    void closeFor(Duration asked) {
        var pause = asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked;
        long until = time.nanoTime() + pause.toNanos();
        closedUntil.accumulateAndGet(until, (known, later) -> later - known > 0 ? later : known);
    }

    private Duration closedFor() {
        return Duration.ofNanos(Math.max(0, closedUntil.get() - time.nanoTime()));
    }

    private static FaultException rateLimited(String call, String why, Duration retryAfter) {
        return new FaultException(new Fault.Transient(
                FaultCode.RATE_LIMITED, IbmAnswer.ofOurs(call, why), Optional.of(retryAfter)));
    }

    private record Meter(MonotonicTime time) implements TimeMeter {
        @Override
        public long currentTimeNanos() {
            return time.nanoTime();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
