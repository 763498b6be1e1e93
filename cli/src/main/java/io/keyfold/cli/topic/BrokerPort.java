package io.keyfold.cli.topic;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/// Whether there is anybody at a broker's address. Kafka's clients say of a broker that is not there and of one that is too
/// busy to answer the same: that time is up.
final class BrokerPort {
    /// Only after a client has waited in vain, and still said within 10 s.
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /// More are not tried, so that the wait stays short where packets vanish.
    private static final int FEW = 2;

    private BrokerPort() {}

    /// @param bootstrapServers host:port, several with commas between
    static boolean isAnyOpen(String bootstrapServers) {
        return Arrays.stream(bootstrapServers.split(",")).map(String::strip).limit(FEW).anyMatch(BrokerPort::isOpen);
    }

    private static boolean isOpen(String address) {
        @Nullable
        String host = Utils.getHost(address);
        @Nullable
        Integer port = Utils.getPort(address);
        if (host == null || port == null) {
            return false;
        }
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int) PATIENCE.toMillis());
            return true;
        } catch (IOException _) { // refused, unknown or silent
            return false;
        }
    }
}
