package io.keyfold.acceptance;

import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// One connection through a [Passage]: what comes from one side goes to the other as the passage lets it.
final class Crossing {
    private static final int CHUNK = 64 << 10;
    private static final int CHUNKS_UNDER_WAY = 64;
    private static final byte[] END = {};

    private final Passage passage;
    private final Socket client;
    private final Socket server;
    private final List<Thread> legs = new CopyOnWriteArrayList<>();
    private final AtomicInteger directions = new AtomicInteger(2);
    private volatile long heldUntil = System.nanoTime();

    Crossing(Passage passage, Socket client, Socket server) {
        this.passage = passage;
        this.client = client;
        this.server = server;
    }

    void begin() {
        lead(client, server, true);
        lead(server, client, false);
    }

    /// @param time on the clock of `nanoTime`
    void holdUntil(long time) {
        heldUntil = time;
    }

    boolean isHeld() {
        return heldUntil - System.nanoTime() > 0;
    }

    private void lead(Socket from, Socket to, boolean isTowardsServer) {
        BlockingQueue<byte[]> underWay = new ArrayBlockingQueue<>(CHUNKS_UNDER_WAY);
        start(() -> take(from, underWay));
        start(() -> give(underWay, to, isTowardsServer));
    }

    private interface Leg {
        void run() throws IOException, InterruptedException;
    }

    private void start(Leg leg) {
        legs.add(Thread.startVirtualThread(() -> {
            try {
                leg.run();
            } catch (IOException | InterruptedException e) { // one side is gone, or has reset: so does the other
                reset();
            }
        }));
    }

    private static void take(Socket from, BlockingQueue<byte[]> underWay) throws IOException, InterruptedException {
        byte[] buffer = new byte[CHUNK];
        for (int read = from.getInputStream().read(buffer); read >= 0; read = from.getInputStream().read(buffer)) {
            underWay.put(Arrays.copyOf(buffer, read));
        }
        underWay.put(END);
    }

    private void give(BlockingQueue<byte[]> underWay, Socket to, boolean isTowardsServer)
            throws IOException, InterruptedException {
        boolean arrives = true;
        byte[] chunk;
        do {
            chunk = underWay.take();
            arrives = arrives && passage.letsThrough(this, chunk, isTowardsServer);
            if (arrives) {
                to.getOutputStream().write(chunk);
            }
        } while (chunk != END);
        if (arrives) {
            to.shutdownOutput();
        }
        if (directions.decrementAndGet() == 0) {
            passage.isOver(this);
            client.close();
            server.close();
        }
    }

    /// What is under way is lost.
    void reset() {
        passage.isOver(this);
        // First: an interrupted thread closes the socket that it reads.
        for (Socket side : List.of(client, server)) {
            try {
                side.setSoLinger(true, 0); // close() then sends RST instead of FIN
            } catch (IOException e) { // closed before
                continue;
            }
        }
        legs.forEach(Thread::interrupt);
        for (Socket side : List.of(client, server)) {
            Passage.close(side);
        }
    }
}
