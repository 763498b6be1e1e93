package io.keyfold.cli;

import io.keyfold.cli.topic.Connection;
import io.keyfold.gateway.Gateway;
import io.keyfold.gateway.GatewaySettings;
import io.keyfold.gateway.GatewayStartException;
import io.keyfold.monitoring.Monitor;
import io.keyfold.schemas.SerdeSettings;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.common.config.ConfigDef;
import picocli.CommandLine.Command;

/// `keyfold gateway`: one gateway in the foreground.
@Command(
        name = "gateway",
        mixinStandardHelpOptions = true,
        description = "Runs a gateway: an HTTP API and a live page over statuses and audit, which also takes requests.")
final class GatewayCommand extends Configured implements Callable<Integer> {
    @Override
    ConfigDef settings() {
        return GatewaySettings.DEFINITION;
    }

    @Override
    Map<String, String> assumed() {
        return Map.of(
                GatewaySettings.BOOTSTRAP_SERVERS, Connection.DEFAULT_BROKER,
                SerdeSettings.REGISTRY_URL, Connection.DEFAULT_REGISTRY);
    }

    @Override
    public Integer call() throws InterruptedException {
        Foreground.endWhenTheClockIsSetBack();
        var monitor = Foreground.monitor("gateway", "keyfold-gateway", this::resolve);
        var gateway = Foreground.startPatiently("gateway", () -> start(resolve(), monitor));
        return Foreground.run(
                "gateway",
                gateway.address().toString(),
                new Foreground.Service(gateway, monitor, gateway::awaitReady, gateway::isHealthy, gateway::await),
                "the statuses to be read");
    }

    static Gateway start(Map<String, String> settings, Monitor monitor) {
        try {
            return Gateway.start(settings, monitor);
        } catch (GatewayStartException e) {
            var message = String.valueOf(e.getMessage());
            throw e.waitsFor().<RuntimeException>map(who -> new NotYetException(who, message))
                    .orElseGet(
                            () -> new CommandFailure(
                                    ExitCode.UNREACHABLE, message, "What is wrong around it: keyfold doctor"));
        }
    }
}
