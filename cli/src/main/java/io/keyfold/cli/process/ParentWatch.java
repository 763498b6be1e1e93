package io.keyfold.cli.process;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/// Ends this process when its parent has gone, however it went.
///
/// The parent holds the other end of our standard input and never writes to it. The system closes that pipe even after
/// a `kill -9`, on every Unix, and no process id can be mistaken for another one's.
public final class ParentWatch {
    /// Set to `true` for a child; a process that a person started reads nothing from its standard input.
    static final String PROPERTY = "keyfold.ends.with.parent";

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private ParentWatch() {}

    /// Starts to watch if this process was started as a child.
    public static void startIfChild() {
        if (Boolean.getBoolean(PROPERTY)) {
            Thread.ofPlatform().daemon().name("parent-watch").start(() -> endAfter(System.in));
        }
    }

    private static void endAfter(InputStream parent) {
        drain(parent);
        BoundedEnd.exit(0, PATIENCE);
    }

    private static void drain(InputStream parent) {
        try {
            while (parent.read() >= 0) {
                // Nobody writes here; only the end of the stream means something.
            }
        } catch (IOException e) {
            // A broken pipe says the same as its end.
        }
    }
}
