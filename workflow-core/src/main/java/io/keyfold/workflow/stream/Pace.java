package io.keyfold.workflow.stream;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Tells when what was decided is to be committed before the commit interval is over.
///
/// A commit costs a few milliseconds whatever is in it. While few records come, a thread commits as soon as it has worked off
/// all that it was given, so that nobody waits for the interval. While many come, they are committed together: that is what
/// makes them fast. Also tells how long a thread may wait for the next, because what is not committed yet waits with it.
/// Shared by all threads of a process.
final class Pace {
    /// A commit of two threads each takes a few milliseconds, so this is well below what they could do if they committed each
    /// time. Else a process that is behind, and so has few in a window, would commit ever more often and stay behind.
    private static final int FEW = 100;
    private static final long WINDOW = Duration.ofMillis(250).toNanos();

    /// After so long without a record all that was decided is committed, unless somebody has set an interval that is longer;
    /// then a little more does not matter.
    private static final long SILENCE = Duration.ofSeconds(1).toNanos();

    /// So long a thread waits for what breaks the silence. It comes at once all the same; only what time brings waits.
    private static final Duration IN_SILENCE = Duration.ofMillis(100);

    private final LongSupplier nanoTime;
    private final ThreadLocal<Given> given = ThreadLocal.withInitial(Given::new);

    private long windowBegan;
    private int before;
    private int inWindow;

    /// What a thread was given and has not worked off yet, and since when it was given nothing.
    private static final class Given {
        private int left;
        private long silentSince;
        private boolean isSilent;
    }

    Pace() {
        this(System::nanoTime);
    }

    Pace(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.windowBegan = nanoTime.getAsLong();
    }

    /// To be told by each thread of what it was given: it asks for more only when it has worked off the rest.
    void given(int records) {
        Given mine = given.get();
        mine.left = records;
        if (records > 0) {
            mine.isSilent = false;
        } else if (!mine.isSilent) {
            mine.isSilent = true;
            mine.silentSince = nanoTime.getAsLong();
        }
    }

    /// How long the thread that asks may wait for records.
    ///
    /// @param wanted what Kafka Streams wants: `poll.ms`, or not at all
    Duration patience(Duration wanted) {
        Given mine = given.get();
        boolean hasNothingToCommit = mine.isSilent && nanoTime.getAsLong() - mine.silentSince >= SILENCE;
        return wanted.isPositive() && hasNothingToCommit && wanted.compareTo(IN_SILENCE) < 0 ? IN_SILENCE : wanted;
    }

    /// To be asked by each thread once for each record that it has worked off.
    boolean isTimeToCommit() {
        Given mine = given.get();
        mine.left = Math.max(0, mine.left - 1);
        return areFew() && mine.left == 0;
    }

    private synchronized boolean areFew() {
        long passed = (nanoTime.getAsLong() - windowBegan) / WINDOW;
        if (passed > 0) {
            before = passed == 1 ? inWindow : 0;
            inWindow = 0;
            windowBegan += passed * WINDOW;
        }
        inWindow++;
        return Math.max(before, inWindow) <= FEW;
    }
}
