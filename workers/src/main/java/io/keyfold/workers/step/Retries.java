package io.keyfold.workers.step;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Tries a call again while its fault is [Fault.Transient], with exponential back-off, jitter and IBM's Retry-After.
///
/// Nothing else is ever repeated: after [Fault.UnknownOutcome] somebody has to look first. A wait that does not fit into
/// the budget is not begun; the fault is passed on, for the worker to defer the command.
///
/// Failsafe would be the library for this; it cuts a wait short where the budget ends and then calls earlier than
/// Retry-After allows, and its waits cannot be given in by a test.
public final class Retries {
    private final Policy policy;
    private final MonotonicTime time;
    private final RandomGenerator random;

    public Retries(Policy policy, MonotonicTime time, RandomGenerator random) {
        this.policy = policy;
        this.time = time;
        this.random = random;
    }

    /// @param attempts  the most calls, the first one included
    /// @param firstWait before the second attempt; each further one waits twice as long
    /// @param longestWait where the doubling ends
    /// @param budget    no wait is begun that would end later than this after the first call
    public record Policy(int attempts, Duration firstWait, Duration longestWait, Duration budget) {
        public Policy {
            if (attempts < 1 || firstWait.isNegative() || longestWait.compareTo(firstWait) < 0 || budget.isNegative()) {
                throw new IllegalArgumentException(
                        "not a retry policy: " + attempts + " attempts, waits of " + firstWait
                                + " to " + longestWait + " within " + budget);
            }
        }
    }

    /// @throws FaultException the last one, where no further attempt is allowed
    public <T> T call(Supplier<T> attempt) {
        long start = time.nanoTime();
        for (int made = 1;; made++) {
            try {
                return attempt.get();
            } catch (FaultException failure) {
                var wait = waitAfter(failure.fault(), made, Duration.ofNanos(time.nanoTime() - start));
                if (wait.isEmpty() || !slept(wait.get())) {
                    throw failure;
                }
            }
        }
    }

    private Optional<Duration> waitAfter(Fault fault, int made, Duration elapsed) {
        // Rejected credentials are a person's to put right, which takes longer than any wait here.
        if (!(fault instanceof Fault.Transient passing)
                || passing.code() == FaultCode.CREDENTIALS_REJECTED
                || made >= policy.attempts) {
            return Optional.empty();
        }
        var wait = backOff(made);
        var atLeast = passing.retryAfter().orElse(Duration.ZERO);
        if (atLeast.compareTo(wait) > 0) {
            // Not all at the same moment: those who were told the same time come spread over a tenth of it, not earlier.
            wait = atLeast.plusNanos((long) (random.nextDouble() * atLeast.toNanos() / 10));
        }
        return elapsed.plus(wait).compareTo(policy.budget) <= 0 ? Optional.of(wait) : Optional.empty();
    }

    /// Between half and all of the doubled wait.
    private Duration backOff(int made) {
        var doubled = policy.firstWait.multipliedBy(1L << Math.min(made - 1, 20));
        var longest = doubled.compareTo(policy.longestWait) > 0 ? policy.longestWait : doubled;
        return Duration.ofNanos((long) (longest.toNanos() * (0.5 + random.nextDouble() / 2)));
    }

    private boolean slept(Duration wait) {
        try {
            time.sleep(wait);
            return true;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
