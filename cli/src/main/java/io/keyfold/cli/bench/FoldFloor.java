package io.keyfold.cli.bench;

import com.sun.management.ThreadMXBean;
import io.keyfold.workflow.saga.Saga;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/// What the decisions of the workload take by themselves, on one core: no Kafka, no encoding, no clock.
///
/// @param eventsPerSecond   folded in a second
/// @param bytesPerEvent     of the heap, for each
/// @param eventsPerWorkflow from its request to its end, the ledger's answers included
/// @param storedBytes       of a cluster at rest, key included, as it is stored
record FoldFloor(double eventsPerSecond, double bytesPerEvent, double eventsPerWorkflow, int storedBytes) {
    /// @param time so long, after as long a warm-up
    static FoldFloor measure(Duration time) {
        fold(time);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long begin = System.nanoTime();
        Folded folded = fold(time);
        double seconds = (System.nanoTime() - begin) / 1e9;
        long bytes = threads.getCurrentThreadAllocatedBytes() - allocated;
        return new FoldFloor(
                folded.events() / seconds, (double) bytes / folded.events(),
                (double) folded.events() / folded.workflows(), OneFold.storedBytes(folded.last()));
    }

    private record Folded(long events, long workflows, Saga last) {}

    private static Folded fold(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        long events = 0;
        long workflows = 0;
        Saga last;
        do {
            workflows++;
            var one = new OneFold("fold-" + workflows);
            last = one.run();
            events += one.folded();
        } while (System.nanoTime() < until);
        return new Folded(events, workflows, last);
    }
}
