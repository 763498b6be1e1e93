package io.keyfold.cli.demo;

import io.keyfold.cli.output.Terminal;
import io.keyfold.cli.process.AotCaches;
import io.keyfold.cli.process.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/// Makes the services' AOT caches: a demo whose processes are started as services are, and at their end write down what
/// six clusters made them load. No service of anybody's takes part, so none is slower to end.
public final class Training implements AutoCloseable {
    /// Far more than the twelve seconds that the slowest takes beside the others.
    private static final Duration WRITTEN_WITHIN = Duration.ofMinutes(3);

    private final Path directory;
    private final Path unfinished;
    private final Demo demo;

    /// @param directory where the caches are to lie; made if it is not there
    /// @param progress  told what is being done
    public Training(Installation installation, Path directory, Consumer<String> progress) {
        this.directory = directory;
        this.unfinished = temporary(directory);
        this.demo = new Demo(
                installation.with(AotCaches.toBeWritten(unfinished)), progress, new Terminal(false),
                SiteShape.ofTraining());
    }

    private static Path temporary(Path directory) {
        try {
            // On the same file system: what is finished is moved in one step.
            return Files.createTempDirectory(Files.createDirectories(directory), "training");
        } catch (IOException e) {
            throw new UncheckedIOException("The directory " + directory + " cannot be written", e);
        }
    }

    /// Returns the services whose caches were written.
    public List<String> run() {
        // What is built meanwhile is newer.
        var begin = FileTime.from(Instant.now());
        demo.start(0, 0, 0, 0);
        demo.run();
        look(demo.gatewayAddress());
        demo.endInOrder(WRITTEN_WITHIN);
        var written = new ArrayList<String>();
        for (var service : AotCaches.SERVICES) {
            var cache = AotCaches.file(unfinished, service);
            if (Files.isReadable(cache)) {
                publish(cache, AotCaches.file(directory, service), begin);
                written.add(service);
            }
        }
        return written;
    }

    /// As the live page does.
    private static void look(String gateway) {
        try (var http = HttpClient.newHttpClient()) {
            for (var path : List.of("/", "/api/v1/fleet", "/api/v1/clusters")) {
                http.send(HttpRequest.newBuilder(URI.create(gateway).resolve(path)).build(), BodyHandlers.discarding());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The gateway at " + gateway + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    private static void publish(Path cache, Path target, FileTime begin) {
        try {
            Files.setLastModifiedTime(cache, begin);
            Files.move(cache, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("The cache " + target + " cannot be written", e);
        }
    }

    /// Safe to call twice, and from a shutdown hook.
    @Override
    public void close() {
        demo.close();
        if (Files.exists(unfinished)) {
            DemoDirectory.remove(unfinished);
        }
    }
}
