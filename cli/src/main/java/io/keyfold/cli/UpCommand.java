package io.keyfold.cli;

import io.keyfold.cli.settings.SettingSources;
import io.keyfold.gateway.GatewaySettings;
import io.keyfold.workers.WorkerKind;
import io.keyfold.workers.WorkerSettings;
import io.keyfold.workflow.stream.WorkflowSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.config.ConfigDef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `keyfold up`: workflow, workers and gateway in one process, for a small site.
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Runs all of Keyfold in one process, for a small site: workflow, the three workers and a gateway. Kafka,"
                + " a registry and the topics are there already (keyfold topics create).",
        footer = {
            "Secrets have no flag: see keyfold worker --help. Settings are those of the three; what has the same name means the"
                    + " same to all of them."})
final class UpCommand extends Configured implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(UpCommand.class);

    private static final List<ConfigDef> SETTINGS =
            List.of(WorkflowSettings.DEFINITION, WorkerSettings.DEFINITION, GatewaySettings.DEFINITION);

    @Mixin
    private CloudOptions cloud = new CloudOptions();

    @Override
    ConfigDef settings() {
        var all = new ConfigDef();
        SETTINGS.stream().flatMap(each -> each.configKeys().values().stream())
                .filter(key -> !all.names().contains(key.name)).forEach(all::define);
        return all;
    }

    @Override
    Map<String, String> assumed() {
        var assumed = new HashMap<>(cloud.assumed());
        assumed.putAll(new WorkflowCommand().assumed());
        assumed.putAll(new GatewayCommand().assumed());
        return assumed;
    }

    @Override
    public Integer call() throws InterruptedException {
        Foreground.endWhenTheClockIsSetBack();
        var monitor = Foreground.monitor("up", "keyfold", this::resolve);
        var ofWorkflow = monitor.part("workflow");
        var ofWorkers = monitor.part("worker");
        var ofGateway = monitor.part("gateway");
        var all = new Together();
        try {
            var workflow = Foreground.startPatiently(
                    "workflow", () -> WorkflowCommand.start(of(WorkflowSettings.DEFINITION), ofWorkflow));
            all.add(new Foreground.Service(workflow, ofWorkflow, workflow::awaitReady, workflow::isHealthy,
                    workflow::await));
            var workers = Foreground.startPatiently(
                    "worker",
                    () -> WorkerCommand.start(
                            EnumSet.allOf(WorkerKind.class), of(WorkerSettings.DEFINITION), ofWorkers));
            all.add(new Foreground.Service(workers, ofWorkers, workers::awaitReady, workers::isHealthy,
                    workers::await));
            var gateway = Foreground.startPatiently(
                    "gateway", () -> GatewayCommand.start(of(GatewaySettings.DEFINITION), ofGateway));
            all.add(new Foreground.Service(gateway, ofGateway, gateway::awaitReady, gateway::isHealthy,
                    gateway::await));
            return Foreground.run(
                    "up", gateway.address().toString(),
                    new Foreground.Service(all, monitor, all::awaitReady, all::isHealthy, all::await),
                    "its partitions, or for its state to be restored");
        } catch (CommandFailure e) {
            all.close();
            throw e;
        }
    }

    private Map<String, String> of(ConfigDef settings) {
        return SettingSources.only(settings.names(), resolve());
    }

    /// Several services as one: ready when all are, ended when the first has.
    private static final class Together implements AutoCloseable {
        /// The latest first: it is the first to end.
        private final Deque<Foreground.Service> services = new ArrayDeque<>();

        synchronized void add(Foreground.Service service) {
            services.push(service);
        }

        private synchronized List<Foreground.Service> services() {
            return List.copyOf(services);
        }

        boolean awaitReady(Duration atMost) throws InterruptedException {
            long end = System.nanoTime() + atMost.toNanos();
            for (Foreground.Service each : services()) {
                if (!each.becomesReady().within(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                    return false;
                }
            }
            return true;
        }

        boolean isHealthy() {
            return services().stream().allMatch(each -> each.isHealthy().getAsBoolean());
        }

        void await() throws InterruptedException, ExecutionException {
            CompletableFuture.anyOf(services().stream().map(Together::end).toArray(CompletableFuture[]::new)).get();
        }

        private static CompletableFuture<Void> end(Foreground.Service service) {
            var end = new CompletableFuture<Void>();
            Thread.startVirtualThread(() -> {
                try {
                    service.ending().await();
                    end.complete(null);
                } catch (ExecutionException e) {
                    end.completeExceptionally(e.getCause() == null ? e : e.getCause());
                } catch (InterruptedException e) { // nobody does
                    Thread.currentThread().interrupt();
                    end.completeExceptionally(e);
                }
            });
            return end;
        }

        @Override
        public void close() {
            services().forEach(each -> {
                try {
                    each.process().close();
                } catch (Exception e) { // the others are ended all the same
                    LOG.warn("It did not end in order: {}", e.toString());
                }
            });
        }
    }
}
