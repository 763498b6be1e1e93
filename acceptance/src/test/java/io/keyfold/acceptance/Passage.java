package io.keyfold.acceptance;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// A port of this machine that leads to another one, as long as it is [Mode#OPEN]: the network between two processes.
///
/// What could be had was looked at: NetCrusher has had no release since 2017 and loses no bytes in one direction only;
/// Toxiproxy's Java library steers a server in Go.
final class Passage implements AutoCloseable {
    /// What becomes of the bytes.
    enum Mode {
        OPEN,

        /// All connections are reset, and new ones refused.
        CUT,

        /// Connections stay, and what is sent is held, both ways. It arrives in the end, even if its sender has given up and
        /// closed: TCP tries ever more rarely, so after as long again as it was held.
        STALLED,

        /// What is sent towards the server is lost. A connection that has lost something stays dumb for good, as behind a
        /// firewall that has forgotten it: it takes whatever is sent.
        HALF_OPEN,

        /// What is sent arrives, and the answers are lost. Such a connection stays deaf for good.
        WITHOUT_REPLIES,

        /// A delay with jitter, and what a lost packet comes to: it is sent again later, twice as late each time.
        LOSSY
    }

    private static final double LOSS = 0.3;
    private static final int RETRANSMISSION_MS = 200; // Linux' least
    private static final int RETRANSMISSIONS = 3;
    private static final int MIN_DELAY_MS = 5;
    private static final int JITTER_MS = 95;
    private static final int BACKLOG = 512;
    private static final Duration FOR_EVER = Duration.ofHours(1);
    private static final long LOOK_AGAIN_MS = 50;

    private final InetSocketAddress target;
    private final int port;
    private final Random random;
    private final Set<Crossing> crossings = ConcurrentHashMap.newKeySet();
    private Optional<String> beginningToHold = Optional.empty();
    private Optional<Crossing> held = Optional.empty();
    private Closeable door;
    private Mode mode = Mode.OPEN;
    private long since = System.nanoTime();

    /// @param targetPort need not be open yet
    private Passage(int targetPort, long seed) {
        target = new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort);
        random = new Random(seed);
        var first = new Door(0);
        door = first;
        port = first.listening.getLocalPort();
    }

    static Passage to(int targetPort, long seed) {
        return new Passage(targetPort, seed);
    }

    int port() {
        return port;
    }

    /// Where it leads.
    int targetPort() {
        return target.getPort();
    }

    /// How many are open.
    int connections() {
        return crossings.size();
    }

    /// From now on.
    synchronized void become(Mode wanted) {
        if (wanted == mode) {
            return;
        }
        if (mode == Mode.STALLED) {
            long stalled = System.nanoTime() - since;
            crossings.forEach(it -> it.holdUntil(System.nanoTime() + (long) (random.nextDouble() * stalled)));
        }
        if (mode == Mode.CUT) {
            close(door);
            door = new Door(port);
        }
        mode = wanted;
        since = System.nanoTime();
        if (wanted == Mode.CUT) {
            close(door);
            door = shut();
            crossings.forEach(Crossing::reset);
        }
        notifyAll();
    }

    /// Holds the next of what is sent to the server that begins so, and its connection with it, until [#letGo]; all others
    /// go on. It is as with one of several paths that is dead: TCP tries for a quarter of an hour.
    synchronized void hold(String beginning) {
        beginningToHold = Optional.of(beginning);
    }

    synchronized boolean isHolding() {
        return held.isPresent();
    }

    synchronized void letGo() {
        held.ifPresent(it -> it.holdUntil(System.nanoTime()));
        held = Optional.empty();
        notifyAll();
    }

    /// An open one.
    private final class Door implements Closeable {
        private final ServerSocket listening;
        private final Thread porter;

        Door(int port) {
            try {
                listening = new ServerSocket();
                listening.setReuseAddress(true);
                listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
            } catch (IOException e) {
                throw new UncheckedIOException("Port " + port + " cannot be opened", e);
            }
            porter = Thread.startVirtualThread(this::letIn);
        }

        private void letIn() {
            while (!listening.isClosed()) {
                try {
                    Socket client = listening.accept();
                    Thread.startVirtualThread(() -> connect(client));
                } catch (IOException e) { // it was shut
                    return;
                }
            }
        }

        @Override
        public void close() throws IOException {
            listening.close();
            try {
                porter.join(); // as long as somebody accepts, the system keeps the port
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Bound, but not listened at: nobody else gets it, and who comes is refused.
    private Socket shut() {
        try {
            Socket held = new Socket();
            held.setReuseAddress(true);
            held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return held;
        } catch (IOException e) {
            throw new UncheckedIOException("Port " + port + " cannot be held", e);
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        var crossing = new Crossing(this, client, server);
        try {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(target);
        } catch (IOException e) { // nobody is at home
            crossing.reset();
            return;
        }
        synchronized (this) {
            if (mode == Mode.CUT) { // meanwhile
                crossing.reset();
                return;
            }
            crossings.add(crossing);
        }
        crossing.begin();
    }

    void isOver(Crossing crossing) {
        crossings.remove(crossing);
    }

    /// Waits until what was sent may go on.
    ///
    /// @return whether it arrives
    boolean letsThrough(Crossing crossing, byte[] sent, boolean isTowardsServer) throws InterruptedException {
        long delay;
        synchronized (this) {
            if (isTowardsServer && beginningToHold.filter(beginning -> isBeginning(beginning, sent)).isPresent()) {
                beginningToHold = Optional.empty();
                held = Optional.of(crossing);
                crossing.holdUntil(System.nanoTime() + FOR_EVER.toNanos());
            }
            while (mode == Mode.STALLED || crossing.isHeld()) {
                wait(LOOK_AGAIN_MS);
            }
            if (mode == (isTowardsServer ? Mode.HALF_OPEN : Mode.WITHOUT_REPLIES)) {
                return false;
            }
            delay = mode == Mode.LOSSY ? MIN_DELAY_MS + random.nextInt(JITTER_MS) + retransmissions() : 0;
        }
        TimeUnit.MILLISECONDS.sleep(delay); // the network's
        return true;
    }

    private static boolean isBeginning(String beginning, byte[] sent) {
        return new String(sent, 0, Math.min(sent.length, beginning.length()), StandardCharsets.ISO_8859_1)
                .equals(beginning);
    }

    private long retransmissions() {
        long late = 0;
        for (int attempt = 0; attempt < RETRANSMISSIONS && random.nextDouble() < LOSS; attempt++) {
            late += (long) RETRANSMISSION_MS << attempt;
        }
        return late;
    }

    static void close(Closeable closed) {
        try {
            closed.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        become(Mode.CUT);
        synchronized (this) {
            close(door);
        }
    }
}
