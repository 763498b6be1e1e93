package io.keyfold.workers.ibmcloud;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// The secrets that were sent to IAM last, which it may say again when it refuses them. A container's token is another every
/// hour: those of long ago are good for nothing any more, and are let go.
///
/// Used by many threads.
final class SentSecrets {
    private static final int MOST = 8;

    private final Deque<Secret> sent = new ArrayDeque<>();

    synchronized void add(Secret secret) {
        sent.remove(secret);
        sent.addLast(secret);
        if (sent.size() > MOST) {
            sent.removeFirst();
        }
    }

    synchronized List<Secret> all() {
        return List.copyOf(sent);
    }

    synchronized void forget() {
        sent.clear();
    }
}
