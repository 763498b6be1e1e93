package io.keyfold.emulator;

import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// The emulator as a process of its own: `keyfold emulator`, and the container.
///
/// It prints nothing; whoever starts it says that it is ready, and where.
public final class Emulator implements AutoCloseable {

    private final EmulatorServer server;
    private final CountDownLatch stopped = new CountDownLatch(1);

    private Emulator(EmulatorServer server) {
        this.server = server;
    }

    public static Emulator start(Map<String, String> settings) {
        return new Emulator(EmulatorServer.start(EmulatorSettings.of(settings)));
    }

    public EmulatorServer server() {
        return server;
    }

    /// Returns when [#close()] was called by another thread, as a shutdown hook does.
    public void await() throws InterruptedException {
        stopped.await();
    }

    @Override
    public void close() {
        server.close();
        stopped.countDown();
    }
}
