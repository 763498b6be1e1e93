package io.keyfold.cli.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Apicurio Registry as a child process: a genuine registry that speaks the Confluent API at `/apis/ccompat/v7`.
public final class RegistryServer implements AutoCloseable {
    /// @param directory where schemas survive a restart; empty keeps them in memory
    public record Options(String host, int port, Optional<Path> directory) {}

    /// Twenty times what it takes on a quiet machine: a cold and loaded one took 14 s.
    private static final Duration READY_WITHIN = Duration.ofSeconds(90);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(40);

    private final ChildProcess process;
    private final String address;

    private RegistryServer(ChildProcess process, String address) {
        this.process = process;
        this.address = address;
    }

    /// Starts it; [#awaitReady] waits. What it prints goes to `log`.
    public static RegistryServer start(Installation installation, Options options, Path log) {
        var command = new ArrayList<String>();
        command.add(Installation.java());
        command.add("-Xmx160m");
        command.addAll(Installation.QUICK_START);
        command.addAll(installation.caches().flags("registry"));
        // What the application's own manifest asks for; it is not read when the class path is given.
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--add-opens=java.base/java.lang=ALL-UNNAMED"));
        settings(options).forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(installation.caches().has("registry") ? flat(installation) : asPacked(installation));
        var address = "http://" + reachable(options.host()) + ":" + options.port() + "/apis/ccompat/v7";
        return new RegistryServer(ChildProcess.start("registry", command, Map.of(), log), address);
    }

    /// As the application itself would be started: its own class loader finds each class without a search through all jars.
    private static List<String> asPacked(Installation installation) {
        return guarded(
                List.of(installation.registryApplication().resolve("quarkus-run.jar")), installation,
                "io.quarkus.bootstrap.runner.QuarkusEntryPoint");
    }

    /// All its jars on the class path: an AOT cache has the classes of the JVM's own loaders linked, and others only read.
    private static List<String> flat(Installation installation) {
        var application = installation.registryApplication();
        var jars = new ArrayList<>(
                List.of(
                        application.resolve("quarkus/transformed-bytecode.jar"),
                        application.resolve("quarkus/generated-bytecode.jar")));
        List.of("app", "lib/main", "lib/boot")
                .forEach(directory -> jars.addAll(jarsIn(application.resolve(directory))));
        return guarded(jars, installation, "io.quarkus.runner.GeneratedMain");
    }

    private static List<Path> jarsIn(Path directory) {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The registry's jars in " + directory + " cannot be listed", e);
        }
    }

    private static List<String> guarded(List<Path> jars, Installation installation, String mainClass) {
        var classPath = Stream.concat(jars.stream(), Stream.of(installation.guardJar()))
                .map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        return List.of("-cp", classPath, "io.keyfold.cli.process.Guarded", mainClass);
    }

    /// Waits until it answers a request.
    public RegistryServer awaitReady() {
        var deadline = System.nanoTime() + READY_WITHIN.toNanos();
        try (var http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build()) {
            while (!answers(http)) {
                if (!process.isAlive()) {
                    throw process.notReady("ended before it was ready");
                }
                if (System.nanoTime() - deadline > 0) {
                    throw process.notReady("was not ready within " + READY_WITHIN.toSeconds() + " s");
                }
                TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
            }
            return this;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    /// The address of its Confluent API.
    public String address() {
        return address;
    }

    public ChildProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }

    private static Map<String, String> settings(Options options) {
        var settings = new TreeMap<String, String>();
        settings.put("java.util.logging.manager", "org.jboss.logmanager.LogManager");
        settings.put("quarkus.http.host", options.host());
        settings.put("quarkus.http.port", String.valueOf(options.port()));
        // Without these it listens on every address, port 9000.
        settings.put("quarkus.management.host", "127.0.0.1");
        settings.put("quarkus.management.port", String.valueOf(FreePorts.find(1).getFirst()));
        // Its own default is NONE.
        settings.put("apicurio.rules.global.compatibility", "FULL_TRANSITIVE");
        settings.put("quarkus.log.level", "WARN");
        settings.put("quarkus.banner.enabled", "false");
        // A registry that is stopped within H2's half second of delay would have forgotten the schemas it had confirmed.
        options.directory()
                .ifPresent(directory -> settings.put(
                        "apicurio.datasource.url",
                        "jdbc:h2:file:" + directory.toAbsolutePath().resolve("registry") + ";WRITE_DELAY=0"));
        return settings;
    }

    private boolean answers(HttpClient http) throws InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(address + "/subjects"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false; // not yet
        }
    }

    private static String reachable(String host) {
        return host.equals("0.0.0.0") ? "127.0.0.1" : host;
    }
}
