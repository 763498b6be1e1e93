package io.keyfold.cli.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/// Ports that nobody listens on, for programs that must be told one before they start.
public final class FreePorts {
    private FreePorts() {}

    /// `count` different free ports of the loopback interface.
    public static List<Integer> find(int count) {
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (int n = 0; n < count; n++) {
                // All are held until the last is found, so that none is given twice.
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("No free port on the loopback interface", e);
        } finally {
            sockets.forEach(FreePorts::release);
        }
    }

    /// The asked port, or a free one for 0.
    public static int orFree(int port) {
        return port == 0 ? find(1).getFirst() : port;
    }

    private static void release(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("A port that was only reserved could not be given back", e);
        }
    }
}
