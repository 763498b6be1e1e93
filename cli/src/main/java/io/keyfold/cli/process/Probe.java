package io.keyfold.cli.process;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Asks whether a process is ready, for health checks in containers that hold no shell and no curl: exit code 0 if it is.
///
/// It is what `java -jar keyfold-guard.jar` runs. A check is made every few seconds, and a JVM with one small jar starts
/// in a fraction of one: this class may use nothing but the JDK.
public final class Probe {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private Probe() {}

    /// One argument: `tcp://host:port` is to accept a connection, `http://…` to answer 200, `file:/…` to exist.
    public static void main(String[] arguments) {
        var target = URI.create(arguments[0]);
        try {
            if (!isReady(target)) {
                System.err.println("not ready: " + target);
                System.exit(1);
            }
        } catch (IOException e) {
            System.err.println("not ready: " + target + ": " + e);
            System.exit(1);
        }
    }

    private static boolean isReady(URI target) throws IOException {
        return switch (target.getScheme()) {
            case "tcp" -> accepts(target);
            case "http" -> answers(target);
            case "file" -> Files.exists(Path.of(target));
            default -> throw new IllegalArgumentException("Neither tcp, http nor file: " + target);
        };
    }

    private static boolean accepts(URI target) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(target.getHost(), target.getPort()), (int) PATIENCE.toMillis());
            return true;
        }
    }

    private static boolean answers(URI target) throws IOException {
        var connection = (HttpURLConnection) target.toURL().openConnection();
        connection.setConnectTimeout((int) PATIENCE.toMillis());
        connection.setReadTimeout((int) PATIENCE.toMillis());
        return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    }
}
