package io.keyfold.emulator;

import io.keyfold.emulator.admin.AdminApi;
import io.keyfold.emulator.admin.EmulatedCloud;
import io.keyfold.emulator.http.HttpListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running emulator. One base URL serves all of IBM's services, and `/emulator` for whoever tests against it.
public final class EmulatorServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EmulatorServer.class);

    private final HttpListener listener;
    private final EmulatedCloud cloud;
    private final String host;

    private EmulatorServer(HttpListener listener, EmulatedCloud cloud, String host) {
        this.listener = listener;
        this.cloud = cloud;
        this.host = host;
    }

    public static EmulatorServer start(EmulatorSettings settings) {
        return start(settings, InstantSource.system());
    }

    /// @param machine the time from which the emulated services' own starts
    /// @throws IllegalArgumentException if the address is reachable from other machines and nobody has allowed that
    public static EmulatorServer start(EmulatorSettings settings, InstantSource machine) {
        try {
            InetAddress address = InetAddress.getByName(settings.host());
            if (!address.isLoopbackAddress() && !settings.allowRemote()) {
                throw new IllegalArgumentException("The emulator does not listen on " + settings.host()
                        + ": other machines could reach it, and whoever reaches it can change everything in it. "
                        + "Listen on 127.0.0.1, or set " + EmulatorSettings.ALLOW_REMOTE + "=true.");
            }
            var cloud = new EmulatedCloud(settings.seed(), settings.account(), settings.resourceGroups(),
                    settings.behaviour(), machine);
            settings.apiKeys().forEach(key -> cloud.addStartingKey(key.value()));
            if (!settings.faults().isEmpty()) {
                cloud.addFaults(Files.readString(Path.of(settings.faults())));
            }
            var admin = new AdminApi(cloud);
            var exchange = new Exchange(cloud.cloud(), cloud.routes(), cloud.tokens(), cloud.faults(), cloud.effects(),
                    cloud.counts(), admin);
            HttpListener listener = HttpListener.start(new InetSocketAddress(address, settings.port()), exchange);
            admin.watch(listener);
            var server = new EmulatorServer(listener, cloud, settings.host());
            log.info("emulator listens on {}, seed {}", server.baseUrl(), settings.seed());
            return server;
        } catch (IOException failed) {
            throw new UncheckedIOException("The emulator could not start on " + settings.host() + ":" + settings.port()
                    + " (" + failed.getMessage() + ")", failed);
        }
    }

    /// For every service: `iam.url`, `resource.controller.url` and `key.protect.url` are all this.
    public URI baseUrl() {
        String name = host.contains(":") ? "[" + host + "]" : host;
        return URI.create("http://" + name + ":" + listener.port());
    }

    public int port() {
        return listener.port();
    }

    public int openConnections() {
        return listener.openConnections();
    }

    /// Its state, faults, effects and clock, for tests in the same process.
    public EmulatedCloud cloud() {
        return cloud;
    }

    @Override
    public void close() {
        listener.close();
        log.info("emulator stopped");
    }
}
