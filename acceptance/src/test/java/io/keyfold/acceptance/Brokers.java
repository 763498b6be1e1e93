package io.keyfold.acceptance;

import io.keyfold.cli.process.FreePorts;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/// The brokers of one Kafka cluster, each in a process of its own with a controller in it. One that was killed comes back
/// at its own address, with what it had written.
final class Brokers implements AutoCloseable {
    /// Of three, each record is on all and acknowledged by two: one may go. Kafka's own time-outs are left as they are.
    private static final Map<String, String> OF_SEVERAL = Map.of(
            "default.replication.factor", "3",
            "min.insync.replicas", "2",
            "offsets.topic.replication.factor", "3",
            "transaction.state.log.replication.factor", "3",
            "transaction.state.log.min.isr", "2",
            "share.coordinator.state.topic.replication.factor", "3",
            "share.coordinator.state.topic.min.isr", "2");

    private final List<Part> parts;
    private final String bootstrapServers;

    private Brokers(List<Part> parts, String bootstrapServers) {
        this.parts = List.copyOf(parts);
        this.bootstrapServers = bootstrapServers;
    }

    /// One broker, to which nothing is replicated.
    ///
    /// @param properties the broker's own, beside the demo's
    static Brokers one(Path directory, Map<String, String> properties) {
        return one(directory, FreePorts.find(1).getFirst(), properties);
    }

    /// The same at this port.
    static Brokers one(Path directory, int port, Map<String, String> properties) {
        Part only = start(directory, directory.resolve("broker-log"), "broker", port, properties);
        return new Brokers(List.of(only), only.awaitReady().address());
    }

    /// One broker that is also reached over each of these passages, which lead to ports of its own: whoever comes by one is
    /// told to come by it again.
    static Brokers behind(Path directory, List<Passage> passages) {
        List<Integer> ports = FreePorts.find(2);
        var listeners = new StringJoiner(",").add("PLAINTEXT://127.0.0.1:" + ports.getFirst())
                .add("CONTROLLER://127.0.0.1:" + ports.getLast());
        var advertised = new StringJoiner(",").add("PLAINTEXT://127.0.0.1:" + ports.getFirst());
        var protocols = new StringJoiner(",").add("PLAINTEXT:PLAINTEXT").add("CONTROLLER:PLAINTEXT");
        for (Passage passage : passages) {
            String name = "PASSAGE_" + passage.port();
            listeners.add(name + "://127.0.0.1:" + passage.targetPort());
            advertised.add(name + "://127.0.0.1:" + passage.port());
            protocols.add(name + ":PLAINTEXT");
        }
        return one(
                directory, ports.getFirst(), Map.of(
                        "listeners", listeners.toString(),
                        "advertised.listeners", advertised.toString(),
                        "listener.security.protocol.map", protocols.toString(),
                        "controller.quorum.voters", "1@127.0.0.1:" + ports.getLast()));
    }

    /// Three of them; whoever writes waits for two.
    static Brokers three(Path directory) {
        List<Integer> ports = FreePorts.find(6);
        String voters = IntStream.rangeClosed(1, 3).mapToObj(node -> node + "@127.0.0.1:" + ports.get(node + 2))
                .collect(Collectors.joining(","));
        String clusterId = Uuid.randomUuid().toString();
        List<Part> parts = new ArrayList<>();
        for (int node = 1; node <= 3; node++) {
            int port = ports.get(node - 1);
            var properties = new TreeMap<>(OF_SEVERAL);
            properties.put("node.id", Integer.toString(node));
            properties.put("controller.quorum.voters", voters);
            properties.put(
                    "listeners",
                    "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + ports.get(node + 2));
            format(directory.resolve("broker-" + node).resolve("data"), clusterId, node);
            parts.add(start(directory, directory.resolve("broker-logs"), "broker-" + node, port, properties));
        }
        return new Brokers(
                parts, parts.stream().map(part -> part.awaitReady().address()).collect(Collectors.joining(",")));
    }

    /// As Kafka's storage tool does it; by itself each would think of a cluster of its own.
    private static void format(Path data, String clusterId, int node) {
        try {
            Files.createDirectories(data);
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setSupportedFeatures(Feature.PRODUCTION_FEATURES).setClusterId(clusterId).setNodeId(node)
                    .addDirectory(data.toString()).setMetadataLogDirectory(data.toString())
                    .setControllerListenerName("CONTROLLER").run();
        } catch (Exception e) { // what the formatter declares
            throw new IllegalStateException("Not formatted: " + data, e);
        }
    }

    private static Part start(Path directory, Path logs, String name, int port, Map<String, String> properties) {
        var arguments = new ArrayList<>(List.of("broker", "--port", Integer.toString(port)));
        properties.forEach((property, value) -> arguments.addAll(List.of("--property", property + "=" + value)));
        try {
            Files.createDirectories(logs);
        } catch (java.io.IOException e) {
            throw new IllegalStateException("No directory for the logs of " + name, e);
        }
        return Part.start(
                Program.present().home(), arguments,
                Map.of("KEYFOLD_BROKER_DIR", directory.resolve(name).toString()), logs, name);
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    /// @param node its id, from 1
    Part node(int node) {
        return parts.get(node - 1);
    }

    int count() {
        return parts.size();
    }

    /// Ends them in order, one after the other.
    void stop() {
        parts.forEach(Part::close);
    }

    /// Ends them at once: what they have written is thrown away.
    @Override
    public void close() {
        parts.parallelStream().forEach(Part::kill);
    }
}
