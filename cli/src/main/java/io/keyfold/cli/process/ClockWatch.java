package io.keyfold.cli.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Sees when the machine's clock is set back under a running process.
///
/// Kafka's clients measure heartbeats, back-offs and time-outs by that clock, and what they have begun to wait for waits until
/// it has caught up (`org.apache.kafka.common.utils.Timer` never goes back). So a process whose clock is set back by an hour
/// stands still for an hour, while it looks alive.
///
/// Two successive looks are compared, by a clock that nobody sets: only a jump counts, never what a clock that is slewed comes
/// to in a day. A jump forward lets time-outs end early, which the clients get over by themselves; so does a machine that was
/// suspended.
public final class ClockWatch {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    /// A shorter jump is over before the group misses the process, or soon after.
    private static final Duration TOLERANCE = Duration.ofSeconds(5);

    /// Whoever slews a clock slows it by less: the kernel by 500 ppm, chrony by a twelfth.
    private static final int SLEWED_BY_LESS_THAN_ONE_IN = 10;

    /// The two clocks are read one after the other. If more than this lies between, the look says nothing.
    private static final Duration AT_ONCE = Duration.ofMillis(100);

    private final LongSupplier millis;
    private final LongSupplier nanos;
    private Optional<Look> last = Optional.empty();

    private record Look(long millis, long nanos) {}

    /// @param millis the clock that may be set, as [System#currentTimeMillis()]
    /// @param nanos  the one that may not, as [System#nanoTime()]
    ClockWatch(LongSupplier millis, LongSupplier nanos) {
        this.millis = millis;
        this.nanos = nanos;
    }

    /// Looks every second from now on, until the clock has been set back once.
    ///
    /// @param setBack is told by how much
    public static void start(Consumer<Duration> setBack) {
        var watch = new ClockWatch(System::currentTimeMillis, System::nanoTime);
        // No virtual thread: it is to look also when all carriers are busy.
        Thread.ofPlatform().daemon().name("clock-watch").start(() -> watch.await().ifPresent(setBack));
    }

    private Optional<Duration> await() {
        try {
            while (true) {
                var jump = look();
                if (jump.isPresent()) {
                    return jump;
                }
                TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /// @return by how much the clock was set back since the last look, if that is a jump
    Optional<Duration> look() {
        var before = nanos.getAsLong();
        var now = new Look(millis.getAsLong(), before);
        if (nanos.getAsLong() - before > AT_ONCE.toNanos()) {
            return Optional.empty();
        }
        var jump = last.flatMap(earlier -> jump(earlier, now));
        last = Optional.of(now);
        return jump;
    }

    private static Optional<Duration> jump(Look earlier, Look now) {
        var passed = Duration.ofNanos(now.nanos - earlier.nanos);
        var back = passed.minusMillis(now.millis - earlier.millis);
        var tolerated = TOLERANCE.plus(passed.dividedBy(SLEWED_BY_LESS_THAN_ONE_IN));
        return Optional.of(back).filter(it -> it.compareTo(tolerated) > 0);
    }
}
