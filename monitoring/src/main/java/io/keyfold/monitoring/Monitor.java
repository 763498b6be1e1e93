package io.keyfold.monitoring;

import io.keyfold.monitoring.traces.Traces;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one process measures of itself, shows of its health and tells of what happened; where nobody is to see it, it costs
/// nothing.
///
/// It is there before the process has found what it needs, so that one that waits for Kafka is seen to live and not to be
/// ready.
public final class Monitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Monitor.class);

    /// Kafka's clients come to have further metrics with the partitions that they are given.
    private static final Duration LOOK_FOR_FURTHER = Duration.ofSeconds(10);

    /// Somebody whose measurements are shown.
    @FunctionalInterface
    public interface Followed extends AutoCloseable {
        /// Shows them no more.
        @Override
        void close();
    }

    private final MeterRegistry meters;
    private final Traces traces;
    private final boolean isOn;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final JoinedVitals parts = new JoinedVitals();
    private volatile Vitals vitals = new Starting();
    private Optional<URI> address = Optional.empty();
    private Optional<ScheduledExecutorService> scheduler = Optional.empty();

    private Monitor(MeterRegistry meters, Traces traces, boolean isOn) {
        this.meters = meters;
        this.traces = traces;
        this.isOn = isOn;
    }

    /// One that shows nothing and to which measuring costs next to nothing.
    public static Monitor off() {
        return showingNothing(Traces.off());
    }

    private static Monitor showingNothing(Traces traces) {
        var monitor = new Monitor(new CompositeMeterRegistry(), traces, false);
        monitor.opened.push(traces);
        return monitor;
    }

    /// As below, without traces.
    public static Monitor start(Optional<MonitoringSettings> listening) {
        return start(listening, Traces.off());
    }

    /// @param listening empty: measures are shown nowhere
    /// @param traces    where spans go; closed with this
    /// @throws IllegalArgumentException if it cannot listen there
    public static Monitor start(Optional<MonitoringSettings> listening, Traces traces) {
        return listening.map(where -> start(where, traces)).orElseGet(() -> showingNothing(traces));
    }

    private static Monitor start(MonitoringSettings listening, Traces traces) {
        var meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        meters.config().meterFilter(new KafkaMeters());
        var monitor = new Monitor(meters, traces, true);
        try {
            monitor.opened.push(meters::close);
            monitor.opened.push(traces);
            traces.showOn(meters);
            monitor.measureProcess();
            var scheduler = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("monitoring").factory());
            monitor.opened.push(scheduler::shutdownNow);
            monitor.scheduler = Optional.of(scheduler);
            var endpoint = Endpoint.start(listening, meters::scrape, () -> monitor.vitals);
            monitor.opened.push(endpoint);
            monitor.address = Optional.of(endpoint.address());
            LOG.info("Metrics and health: {}", endpoint.address());
            return monitor;
        } catch (RuntimeException e) {
            monitor.close();
            throw e;
        }
    }

    private void measureProcess() {
        var garbage = new JvmGcMetrics();
        opened.push(garbage);
        List<MeterBinder> binders = List.of(
                garbage, new JvmMemoryMetrics(), new JvmThreadMetrics(), new ClassLoaderMetrics(),
                new ProcessorMetrics(), new FileDescriptorMetrics(), new UptimeMetrics());
        binders.forEach(each -> each.bindTo(meters));
        health("live", Vitals::live);
        health("ready", Vitals::ready);
    }

    private void health(String name, Function<Vitals, Health> question) {
        Gauge.builder("keyfold.health", this, monitor -> Endpoint.asked(monitor.vitals, question).isGood() ? 1 : 0)
                .tags(Tags.of("probe", name))
                .description(
                        "Whether this process lives, or is ready: 1 where /health/live or /health/ready answers 200.")
                .register(meters);
    }

    /// What is to be measured goes in here.
    public MeterRegistry meters() {
        return meters;
    }

    /// What happened goes in here, span by span.
    public Traces traces() {
        return traces;
    }

    /// Where it is shown; empty if nowhere.
    public Optional<URI> address() {
        return address;
    }

    /// Asks these from now on. Before, a process lives and is not ready.
    public void watch(Vitals vitals) {
        this.vitals = vitals;
    }

    /// This, for one of several services in the process: what is measured goes in here, and the process is as well as the
    /// least of them. Closing it closes nothing of this.
    ///
    /// @param name one word, which goes before what it says of itself
    public Monitor part(String name) {
        var part = new Monitor(meters, traces, isOn);
        part.address = address;
        part.scheduler = scheduler;
        parts.add(name, () -> part.vitals);
        watch(parts);
        return part;
    }

    /// Shows what a client of Kafka's measures, until the answer is closed.
    public Followed follow(Consumer<?, ?> client) {
        return bound(scheduler -> new KafkaClientMetrics(client, Tags.empty(), scheduler, LOOK_FOR_FURTHER));
    }

    public Followed follow(Producer<?, ?> client) {
        return bound(scheduler -> new KafkaClientMetrics(client, Tags.empty(), scheduler, LOOK_FOR_FURTHER));
    }

    /// Shows what somebody else's binder measures, until the answer is closed.
    ///
    /// @param binder given a thread that it may let look for further metrics from time to time
    public Followed bound(Function<ScheduledExecutorService, ? extends MeterBinder> binder) {
        if (!isOn || scheduler.isEmpty()) {
            return () -> {};
        }
        var made = binder.apply(scheduler.get());
        made.bindTo(meters);
        return () -> {
            if (made instanceof AutoCloseable closeable) {
                close(closeable);
            }
        };
    }

    /// How often a binder is to look for further metrics.
    public static Duration lookForFurther() {
        return LOOK_FOR_FURTHER;
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            close(opened.pop());
        }
    }

    private static void close(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) { // nobody is left who could act on it
            LOG.debug("Not closed in order", e);
        }
    }

    private static final class Starting implements Vitals {
        @Override
        public Health live() {
            return Health.of(new Health.Check("start", true, "It is starting."));
        }

        @Override
        public Health ready() {
            return Health.of(
                    new Health.Check(
                            "start", false, "It waits for what it needs to begin; its log says for what."));
        }
    }
}
