package io.keyfold.monitoring.traces;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts what has gone out and what has not, and says once that a receiver takes nothing, and once that it does again.
final class CountedExporter implements SpanExporter {
    private static final Logger LOG = LoggerFactory.getLogger(CountedExporter.class);

    private final SpanExporter exporter;
    private final String target;
    private final AtomicBoolean isFailing = new AtomicBoolean();
    private final LongAdder sent = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /// @param target where it goes, for the log
    CountedExporter(SpanExporter exporter, String target) {
        this.exporter = exporter;
        this.target = target;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        int count = spans.size();
        CompletableResultCode result = exporter.export(spans);
        result.whenComplete(() -> {
            if (result.isSuccess()) {
                sent.add(count);
                if (isFailing.compareAndSet(true, false)) {
                    LOG.info("Spans are taken again by {}.", target);
                }
            } else {
                failed.add(count);
                if (isFailing.compareAndSet(false, true)) {
                    LOG.warn(
                            "Spans are not taken by {}: {}. They are lost until it takes them; nothing else waits for it.",
                            target, why(result));
                }
            }
        });
        return result;
    }

    /// The kind of failure only: a message may repeat what was sent.
    private static String why(CompletableResultCode result) {
        var failure = result.getFailureThrowable();
        return failure == null ? "no answer, or a refusal" : failure.getClass().getSimpleName();
    }

    long sent() {
        return sent.sum();
    }

    long failed() {
        return failed.sum();
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
