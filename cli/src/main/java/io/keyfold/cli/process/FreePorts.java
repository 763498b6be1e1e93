package io.keyfold.cli.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/// Ports that nobody listens on, for programs that must be told one before they start.
///
/// Below those that systems give to outgoing connections (from 32768, or 49152): a port from among these may be taken
/// before the program that was told it listens there.
public final class FreePorts {
    private static final int LOWEST = 20_000;
    private static final int HIGHEST = 32_000;
    private static final int TRIES = 1_000;

    private FreePorts() {}

    /// `count` different free ports of the loopback interface.
    public static List<Integer> find(int count) {
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (int n = 0; n < count; n++) {
                // All are held until the last is found, so that none is given twice.
                sockets.add(anyFree());
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("No free port on the loopback interface", e);
        } finally {
            sockets.forEach(FreePorts::release);
        }
    }

    private static ServerSocket anyFree() throws IOException {
        for (int tried = 0; tried < TRIES; tried++) {
            try {
                int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
                return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
            } catch (BindException _) {
                // It is taken: another one.
            }
        }
        throw new BindException("Of " + TRIES + " ports none was free");
    }

    /// The asked port, or for 0 a free one.
    ///
    /// @param promised what is free as well, but will be listened on by somebody else
    public static int orFree(int port, int... promised) {
        return port != 0 ? port : find(promised.length + 1).stream()
                .filter(free -> IntStream.of(promised).noneMatch(other -> other == free))
                .findFirst().orElseThrow();
    }

    private static void release(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("A port that was only reserved could not be given back", e);
        }
    }
}
