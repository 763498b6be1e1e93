package io.keyfold.emulator.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts connections and gives each a virtual thread.
public final class HttpListener implements AutoCloseable {

    /// More than any client of a test opens, few enough that a runaway one does not take the process with it.
    private static final int MOST_CONNECTIONS = 10_000;

    private static final Logger log = LoggerFactory.getLogger(HttpListener.class);

    private final ServerSocket server;
    private final HttpHandler handler;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicInteger mostAtOnce = new AtomicInteger();

    private HttpListener(ServerSocket server, HttpHandler handler) {
        this.server = server;
        this.handler = handler;
    }

    /// Binds and starts accepting.
    ///
    /// @param address port 0 for any free one
    public static HttpListener start(InetSocketAddress address, HttpHandler handler) throws IOException {
        var server = new ServerSocket();
        try {
            server.setReuseAddress(true);
            server.bind(address, 1024);
        } catch (IOException notBound) {
            server.close();
            throw notBound;
        }
        var listener = new HttpListener(server, handler);
        Thread.ofPlatform().name("emulator-accept").daemon().start(listener::accept);
        return listener;
    }

    public int port() {
        return server.getLocalPort();
    }

    public int openConnections() {
        return open.size();
    }

    public int mostConnectionsAtOnce() {
        return mostAtOnce.get();
    }

    public long acceptedConnections() {
        return accepted.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                accepted.incrementAndGet();
                if (open.size() >= MOST_CONNECTIONS) {
                    socket.close();
                    continue;
                }
                open.add(socket);
                mostAtOnce.accumulateAndGet(open.size(), Math::max);
                Thread.ofVirtual().name("emulator-connection-", accepted.get()).start(() -> serve(socket));
            } catch (SocketException closed) {
                if (!server.isClosed()) {
                    log.warn("could not accept a connection", closed);
                }
            } catch (IOException failed) {
                log.warn("could not accept a connection", failed);
            }
        }
    }

    private void serve(Socket socket) {
        try {
            new HttpConnection(socket, handler).serve();
        } catch (IOException gone) {
            log.debug("connection ended: {}", gone.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
            closeQuietly(socket);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            log.trace("closing a dead connection", alreadyGone);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failed) {
            log.warn("could not close the listening port", failed);
        }
        open.forEach(HttpListener::closeQuietly);
    }
}
