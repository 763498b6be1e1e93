package io.keyfold.gateway.fleet;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What has changed since a follower last looked: each cluster once, however often it changed. A follower who does not look
/// costs a bounded set of ids; one who is too far behind is told to begin anew.
public final class Subscription implements AutoCloseable {
    /// More than this, and reading the fleet anew is cheaper than being told.
    static final int MOST = 5_000;

    /// What is new.
    ///
    /// @param isReset  what was told before is worth nothing: read the fleet anew
    /// @param clusters the ids of those that have changed or are gone, in the order in which they first did
    /// @param upTo     all that lies before is told by now
    public record Changes(boolean isReset, List<String> clusters, Positions upTo) {
        public Changes {
            clusters = List.copyOf(clusters);
        }

        public boolean isEmpty() {
            return !isReset && clusters.isEmpty();
        }
    }

    private final Fleet fleet;
    private final Set<String> changed = new LinkedHashSet<>();
    private boolean isReset;
    private boolean isClosed;

    Subscription(Fleet fleet) {
        this.fleet = fleet;
    }

    synchronized void changed(String id) {
        if (isReset) {
            return;
        }
        if (changed.size() >= MOST && !changed.contains(id)) {
            reset();
        } else {
            changed.add(id);
            notifyAll();
        }
    }

    /// What was told before is worth nothing: the next look says so.
    public synchronized void reset() {
        changed.clear();
        isReset = true;
        notifyAll();
    }

    /// Waits until something has changed.
    ///
    /// @return whether anything has
    public synchronized boolean await(Duration atMost) throws InterruptedException {
        var until = System.nanoTime() + atMost.toNanos();
        for (var left = until - System.nanoTime(); left > 0 && changed.isEmpty() && !isReset
                && !isClosed; left = until - System.nanoTime()) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        return !changed.isEmpty() || isReset;
    }

    /// What has changed since the last call.
    public Changes take() {
        // Before the changes: what comes in between is told now and once more, never not at all.
        var upTo = fleet.positions();
        synchronized (this) {
            var changes = new Changes(isReset, List.copyOf(changed), upTo);
            changed.clear();
            isReset = false;
            return changes;
        }
    }

    public synchronized boolean isClosed() {
        return isClosed;
    }

    @Override
    public void close() {
        fleet.unsubscribe(this);
        synchronized (this) {
            isClosed = true;
            notifyAll();
        }
    }
}
