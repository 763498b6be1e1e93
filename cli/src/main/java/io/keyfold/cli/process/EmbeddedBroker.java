package io.keyfold.cli.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/// A genuine Apache Kafka broker (KRaft, one node, controller included) in this very process.
///
/// Kafka's server jars stay in a class loader of their own: they bring libraries in versions that are not ours. Running
/// it here rather than in yet another process means that there is one process to start, watch and kill, and that it is
/// ready when [#start] returns, without anybody polling.
public final class EmbeddedBroker implements AutoCloseable {
    /// Where it listens and keeps its data.
    ///
    /// @param host the interface to listen on
    /// @param advertisedHost the name under which clients reach it
    /// @param directory where `server.properties` and the logs are kept; formatted on first use
    /// @param tlsPort   where clients come by certificate, if it is secured; see [BrokerSecurity]
    /// @param overrides properties of the broker that win over ours
    public record Options(
            String host,
            int port,
            String advertisedHost,
            Path directory,
            OptionalInt tlsPort,
            Map<String, String> overrides) {
        public Options {
            overrides = Map.copyOf(overrides);
        }
    }

    private final Object server;
    private final String address;

    private EmbeddedBroker(Object server, String address) {
        this.server = server;
        this.address = address;
    }

    /// Formats the directory where needed, starts the broker and returns once it takes requests.
    public static EmbeddedBroker start(Path libraries, Options options) {
        var security = BrokerSecurity.of(options.directory());
        var kafka = new URLClassLoader("broker", jarsOf(libraries), new LoggingBridge());
        Thread.currentThread().setContextClassLoader(kafka);
        try {
            var file = writeProperties(options, security);
            if (!isFormatted(file)) {
                format(kafka, file, options.tlsPort().isPresent() ? secure(options, security) : List.of());
            } else if (security.exists() != options.tlsPort().isPresent()) {
                throw new ProcessFailure(
                        "the broker's directory " + options.directory() + " was made "
                                + (security.exists() ? "with --secure, and must not be opened without"
                                        : "without --secure"),
                        security.exists() ? "Start it with --secure" : "Choose another --dir, or start it without");
            }
            return new EmbeddedBroker(startServer(kafka, file), options.advertisedHost() + ":" + options.port());
        } catch (InvocationTargetException e) {
            throw new ProcessFailure(
                    "the broker could not be started: " + rootOf(e).getMessage(),
                    "Choose a free --port and a --dir that this user can write");
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The jars in " + libraries + " are not those of the expected Kafka", e);
        } catch (IOException e) {
            throw new ProcessFailure(
                    "the broker's directory " + options.directory() + " cannot be used: " + e.getMessage(),
                    "Choose a --dir that this user can write");
        }
    }

    /// `host:port` for clients.
    public String address() {
        return address;
    }

    @Override
    public void close() {
        try {
            server.getClass().getMethod("shutdown").invoke(server);
            server.getClass().getMethod("awaitShutdown").invoke(server);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The broker did not end in order", e);
        }
    }

    private static List<String> secure(Options options, BrokerSecurity security) throws IOException {
        return BrokerSecurity.formatArguments(
                security.make(BrokerSecurity.namesOf(options.host(), options.advertisedHost())));
    }

    private static Path writeProperties(Options options, BrokerSecurity security) throws IOException {
        Files.createDirectories(options.directory());
        // The one voter is this node, so the controller's port may be another one at every start.
        var controllerPort = FreePorts.orFree(0, options.port(), options.tlsPort().orElse(0));
        var properties = new TreeMap<>(Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", "1"),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
                Map.entry(
                        "listeners",
                        "PLAINTEXT://" + options.host() + ":" + options.port() + ",CONTROLLER://127.0.0.1:"
                                + controllerPort),
                Map.entry("advertised.listeners", "PLAINTEXT://" + options.advertisedHost() + ":" + options.port()),
                Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("log.dirs", options.directory().resolve("data").toAbsolutePath().toString()),
                // A misspelt topic is an error, not a new topic.
                Map.entry("auto.create.topics.enable", "false"),
                // One node: nothing to replicate to.
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                // The defaults of 50 cost a small machine more than they give.
                Map.entry("offsets.topic.num.partitions", "6"),
                Map.entry("transaction.state.log.num.partitions", "6"),
                // A transaction begins when the one before is over; the default of 20 is longer than that takes.
                Map.entry("add.partitions.to.txn.retry.backoff.ms", "1"),
                Map.entry("group.initial.rebalance.delay.ms", "0")));
        options.tlsPort().ifPresent(tlsPort -> {
            properties.putAll(security.brokerProperties());
            properties.put(
                    "listeners",
                    "SASL_SSL://" + options.host() + ":" + options.port() + ",SSL://" + options.host() + ":" + tlsPort
                            + ",CONTROLLER://127.0.0.1:" + controllerPort);
            properties.put(
                    "advertised.listeners",
                    "SASL_SSL://" + options.advertisedHost() + ":" + options.port() + ",SSL://"
                            + options.advertisedHost() + ":" + tlsPort);
        });
        properties.putAll(options.overrides());
        var lines = new StringWriter();
        properties.forEach((name, value) -> lines.append(name).append('=').append(value).append('\n'));
        return Files.writeString(options.directory().resolve("server.properties"), lines.toString());
    }

    private static boolean isFormatted(Path file) throws IOException {
        var directories = read(file).getProperty("log.dirs").split(",", -1);
        return Files.exists(Path.of(directories[0].strip()).resolve("meta.properties"));
    }

    private static Properties read(Path file) throws IOException {
        var properties = new Properties();
        try (var in = Files.newInputStream(file)) {
            properties.load(in);
        }
        return properties;
    }

    /// @param further arguments of Kafka's storage tool; they never leave this process
    private static void format(ClassLoader kafka, Path file, List<String> further)
            throws ReflectiveOperationException {
        var said = new ByteArrayOutputStream();
        var tool = kafka.loadClass("kafka.tools.StorageTool")
                .getMethod("execute", String[].class, PrintStream.class);
        // An id that no other cluster ever had: by it others know that what they remember of another does not hold here.
        var clusterId = Uuid.randomUuid().toString();
        var arguments = new ArrayList<>(List.of("format", "-t", clusterId, "-c", file.toString()));
        arguments.addAll(further);
        var code = (int) tool.invoke(
                null, arguments.toArray(String[]::new), new PrintStream(said, true, StandardCharsets.UTF_8));
        if (code != 0) {
            throw new ProcessFailure(
                    "the broker's directory cannot be formatted: " + said.toString(StandardCharsets.UTF_8).strip(),
                    "Choose another --dir");
        }
    }

    private static Object startServer(ClassLoader kafka, Path file) throws ReflectiveOperationException, IOException {
        var config = kafka.loadClass("kafka.server.KafkaConfig");
        var time = kafka.loadClass("org.apache.kafka.common.utils.Time");
        var type = kafka.loadClass("kafka.server.KafkaRaftServer");
        var server = type.getConstructor(config, time)
                .newInstance(
                        config.getConstructor(Map.class).newInstance(read(file)),
                        time.getField("SYSTEM").get(null));
        type.getMethod("startup").invoke(server);
        return server;
    }

    private static URL[] jarsOf(Path libraries) {
        try (var files = Files.list(libraries)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    // One slf4j for the process, and it is ours: see LoggingBridge.
                    .filter(file -> !file.getFileName().toString().startsWith("slf4j-"))
                    .sorted()
                    .map(EmbeddedBroker::url)
                    .toArray(URL[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException("Kafka's jars in " + libraries + " cannot be listed", e);
        }
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(file + " has no URL", e);
        }
    }

    private static Throwable rootOf(Throwable failure) {
        var root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /// Shows the broker's jars the JDK and our logger, and nothing else of ours.
    private static final class LoggingBridge extends ClassLoader {
        LoggingBridge() {
            super("broker-logging", ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("org.slf4j.")) {
                return EmbeddedBroker.class.getClassLoader().loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}
