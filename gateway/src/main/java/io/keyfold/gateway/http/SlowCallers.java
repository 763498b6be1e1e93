package io.keyfold.gateway.http;

import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends away whoever takes too long to send a request, or to take its answer, however much comes at a time: else a few
/// connections that never come to an end would keep everybody else out.
///
/// Helidon 4.5 has no such bound: the read timeout of its connection options is for its clients, and a connection counts as
/// idle only until something of a request has come.
final class SlowCallers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SlowCallers.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    /// @param since of [System#nanoTime()], from when on something is waited for; empty: nothing is
    private record Connection(SocketChannel channel, Optional<Long> since) {}

    private final Map<SocketAddress, Connection> connections = new ConcurrentHashMap<>();
    private final ScheduledExecutorService looks = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("slow-callers").factory());
    private final Duration patience;

    /// @param patience for a request from the connection's start or the last answer on; then again for its body and answer
    SlowCallers(Duration patience) {
        this.patience = patience;
        var _ = looks.scheduleWithFixedDelay(
                this::look, BETWEEN_LOOKS.toMillis(), BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void connected(SocketChannel channel) {
        try {
            connections.put(channel.getRemoteAddress(), new Connection(channel, now()));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // it has gone already
        }
    }

    /// Has to be the first filter.
    ///
    /// @param endless the path of what is answered without an end
    Filter filter(String endless) {
        return (chain, request, _) -> {
            waitsSince(request, request.path().path().equals(endless) ? Optional.empty() : now());
            try {
                chain.proceed();
            } finally {
                waitsSince(request, now());
            }
        };
    }

    private void waitsSince(ServerRequest request, Optional<Long> since) {
        connections.computeIfPresent(
                request.remotePeer().address(), (_, connection) -> new Connection(connection.channel(), since));
    }

    private static Optional<Long> now() {
        return Optional.of(System.nanoTime());
    }

    private void look() {
        long now = System.nanoTime();
        connections.entrySet().removeIf(entry -> {
            var connection = entry.getValue();
            if (connection.channel().isOpen()
                    && connection.since().filter(since -> now - since > patience.toNanos()).isPresent()) {
                LOG.debug("{} has taken longer than {}", entry.getKey(), patience);
                close(connection.channel());
            }
            return !connection.channel().isOpen();
        });
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("A connection does not close", e);
        }
    }

    /// These options, by which each new connection becomes known here.
    SocketOptions watching(SocketOptions given) {
        return new SocketOptions() {
            @Override
            public void configureSocket(SocketChannel channel) {
                given.configureSocket(channel);
                connected(channel);
            }

            @Override
            public Map<SocketOption<?>, Object> socketOptions() {
                return given.socketOptions();
            }

            @Override
            public Duration connectTimeout() {
                return given.connectTimeout();
            }

            @Override
            public Duration readTimeout() {
                return given.readTimeout();
            }

            @Override
            public Optional<Integer> socketReceiveBufferSize() {
                return given.socketReceiveBufferSize();
            }

            @Override
            public Optional<Integer> socketSendBufferSize() {
                return given.socketSendBufferSize();
            }

            @Override
            public boolean socketReuseAddress() {
                return given.socketReuseAddress();
            }

            @Override
            public boolean socketKeepAlive() {
                return given.socketKeepAlive();
            }

            @Override
            public boolean tcpNoDelay() {
                return given.tcpNoDelay();
            }
        };
    }

    @Override
    public void close() {
        looks.shutdownNow();
    }
}
