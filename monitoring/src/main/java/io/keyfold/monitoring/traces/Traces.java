package io.keyfold.monitoring.traces;

import io.keyfold.monitoring.ThisProcess;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import java.util.logging.Level;

/// The spans of one process: what it lives through and what it tells afterwards. Where they are to go nowhere, there are none.
///
/// Nothing waits for a receiver: so many spans are kept until they have gone out, and what comes on top of that is lost.
public final class Traces implements AutoCloseable {
    /// The attribute of a span that says which kind of failure it has ended with, by OpenTelemetry's conventions.
    public static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    /// A span is about 1 KiB.
    private static final int MOST_WAITING = 8_192;
    private static final int MOST_AT_ONCE = 512;
    private static final Duration BETWEEN_EXPORTS = Duration.ofSeconds(1);
    private static final Duration EXPORT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

    /// So long the end of a process waits for the last of them.
    private static final Duration LAST_EXPORT = Duration.ofSeconds(3);

    private static final int LONGEST_VALUE = 1_000;

    /// Held, since Java forgets a logger's level with the logger. What it says is ours to say.
    private static final java.util.logging.Logger OF_OPEN_TELEMETRY =
            java.util.logging.Logger.getLogger("io.opentelemetry");

    private final Tracer tracer;
    private final GivenIds ids;
    private final Optional<SdkTracerProvider> provider;
    private final List<CountedExporter> exporters;
    private final LongAdder made;

    private Traces(
            Tracer tracer, GivenIds ids, Optional<SdkTracerProvider> provider, List<CountedExporter> exporters,
            LongAdder made) {
        this.tracer = tracer;
        this.ids = ids;
        this.provider = provider;
        this.exporters = List.copyOf(exporters);
        this.made = made;
    }

    /// They go nowhere.
    public static Traces off() {
        return new Traces(
                TracerProvider.noop().get("io.keyfold"), new GivenIds(), Optional.empty(), List.of(), new LongAdder());
    }

    /// @param given   empty: as [#off()]
    /// @param service what the process is, as OpenTelemetry's `service.name`
    /// @throws IllegalArgumentException if the file cannot be written
    public static Traces start(Optional<TraceSettings> given, String service) {
        return given.map(settings -> start(settings, service)).orElseGet(Traces::off);
    }

    private static Traces start(TraceSettings settings, String service) {
        OF_OPEN_TELEMETRY.setLevel(Level.OFF);
        var exporters = new ArrayList<CountedExporter>();
        settings.file().ifPresent(
                file -> exporters.add(new CountedExporter(SpanFile.open(file, SpanFile.LARGEST), file.toString())));
        settings.endpoint().ifPresent(endpoint -> {
            var exporter = OtlpHttpSpanExporter.builder().setEndpoint(endpoint.toString())
                    .setCompression("gzip")
                    .setConnectTimeout(CONNECT_TIMEOUT)
                    .setTimeout(EXPORT_TIMEOUT);
            settings.headers().forEach(exporter::addHeader);
            exporters.add(
                    new CountedExporter(exporter.build(), endpoint.getHost() + ":" + endpoint.getPort()));
        });
        var ids = new GivenIds();
        var made = new LongAdder();
        var provider = SdkTracerProvider.builder()
                .setIdGenerator(ids)
                .setSampler(Sampler.parentBased(Sampler.alwaysOn()))
                .setSpanLimits(SpanLimits.builder().setMaxAttributeValueLength(LONGEST_VALUE).build())
                .setResource(resource(service))
                .addSpanProcessor(new Counting(made));
        exporters.forEach(exporter -> provider.addSpanProcessor(batches(exporter)));
        var started = provider.build();
        return new Traces(
                started.tracerBuilder("io.keyfold").build(), ids, Optional.of(started), exporters, made);
    }

    private static SpanProcessor batches(SpanExporter exporter) {
        return BatchSpanProcessor.builder(exporter)
                .setMaxQueueSize(MOST_WAITING)
                .setMaxExportBatchSize(MOST_AT_ONCE)
                .setScheduleDelay(BETWEEN_EXPORTS)
                .setExporterTimeout(EXPORT_TIMEOUT)
                .build();
    }

    private static Resource resource(String service) {
        var attributes = Attributes.builder()
                .put("service.namespace", "keyfold")
                .put("service.name", service)
                .put("service.instance.id", ThisProcess.hostAndId());
        Optional.ofNullable(Traces.class.getPackage().getImplementationVersion())
                .ifPresent(version -> attributes.put("service.version", version));
        return Resource.create(attributes.build());
    }

    /// Whether spans go anywhere. If not, nobody need make them.
    public boolean isOn() {
        return provider.isPresent();
    }

    /// Begins spans that are lived through; while off, ones that cost nothing and go nowhere.
    public Tracer tracer() {
        return tracer;
    }

    /// Tells of what has been. Of a trace that is not to be recorded, nothing is told.
    public void tell(PastSpan past) {
        if (!isOn() || !past.context().isSampled()) {
            return;
        }
        SpanBuilder builder = tracer.spanBuilder(past.name())
                .setSpanKind(past.kind())
                .setStartTimestamp(past.begin())
                .setAllAttributes(past.attributes());
        past.parentId().ifPresentOrElse(
                parent -> builder.setParent(Context.root().with(Span.wrap(sibling(past.context(), parent)))),
                builder::setNoParent);
        past.links().forEach(builder::addLink);
        Span span = ids.with(past.context(), builder::startSpan);
        past.failure().ifPresent(why -> span.setStatus(StatusCode.ERROR, why));
        // Clocks may be set back.
        span.end(past.end().isBefore(past.begin()) ? past.begin() : past.end());
    }

    private static SpanContext sibling(SpanContext of, String spanId) {
        return SpanContext.createFromRemoteParent(
                of.getTraceId(), spanId, TraceFlags.getSampled(), TraceState.getDefault());
    }

    /// Shows how many spans there were and what has become of them.
    public void showOn(MeterRegistry meters) {
        if (!isOn()) {
            return;
        }
        count(meters, "made", traces -> traces.made.sum());
        count(meters, "sent", traces -> traces.exporters.stream().mapToLong(CountedExporter::sent).sum());
        count(meters, "failed", traces -> traces.exporters.stream().mapToLong(CountedExporter::failed).sum());
    }

    private void count(MeterRegistry meters, String outcome, ToLongFunction<Traces> number) {
        FunctionCounter.builder("keyfold.traces.spans", this, traces -> number.applyAsLong(traces))
                .description("Spans of this process, and what has become of them.")
                .tag("outcome", outcome)
                .register(meters);
    }

    /// Sends what is left, for as long as that may take.
    @Override
    public void close() {
        provider.ifPresent(started -> started.shutdown().join(LAST_EXPORT.toMillis(), TimeUnit.MILLISECONDS));
    }

    private record Counting(LongAdder made) implements SpanProcessor {
        @Override
        public void onStart(Context parent, ReadWriteSpan span) {}

        @Override
        public boolean isStartRequired() {
            return false;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            made.increment();
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }
}
