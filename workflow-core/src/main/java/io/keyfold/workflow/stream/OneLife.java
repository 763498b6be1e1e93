package io.keyfold.workflow.stream;

import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.TaskId;

/// Keeps a task from being started a second time.
///
/// Kafka Streams starts a task over that it holds for corrupted, for instance after a commit that timed out. In 4.3.1 such
/// a task keeps how far its consumer had read (`StreamTask.nextOffsetsAndMetadataToBeConsumed`), goes back to its last
/// commit, and may commit the former before it has read again what lies between: with the next restart that is skipped,
/// and lost. So the thread is ended instead, and the one that takes its place makes its tasks afresh.
final class OneLife {
    private boolean begun;

    /// @throws StreamsException the second time; whoever replaces the thread goes on from the last commit
    void begin(TaskId task) {
        if (begun) {
            throw new StreamsException(
                    "Task " + task + " was started over, which could lose records; its thread is replaced instead.");
        }
        begun = true;
    }
}
