package io.keyfold.workers.ibmcloud;

import com.ibm.cloud.sdk.core.http.Response;
import io.keyfold.monitoring.traces.Traces;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.MonotonicTime;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;

/// Measures calls to IBM Cloud: what was called, what came of it, how long it took, and how long a call waited for its turn.
/// Where there are traces, it makes a span of each too.
///
/// APIs and operations are called what faults call them: "Key Protect", "create root key".
final class CloudMeters {
    private static final Duration[] LENGTHS = Stream.of(25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000)
            .map(Duration::ofMillis).toArray(Duration[]::new);

    private static final Duration NO_WAIT = Duration.ofMillis(1);

    /// An answer that is what was wanted.
    static final String OK = "ok";

    /// A refusal that is an answer too: such a thing is there already.
    static final String ANSWERED = "answered";

    private final MeterRegistry meters;
    private final CloudTraces traces;
    private final MonotonicTime time;

    CloudMeters(MeterRegistry meters, CloudTraces traces, MonotonicTime time) {
        this.meters = meters;
        this.traces = traces;
        this.time = time;
    }

    /// Nobody sees them.
    static CloudMeters off() {
        return new CloudMeters(new CompositeMeterRegistry(), new CloudTraces(Traces.off()), MonotonicTime.SYSTEM);
    }

    /// Those of one API.
    ///
    /// @param name "Key Protect"
    Api of(String name) {
        return new Api(
                name,
                Counter.builder("keyfold.cloud.calls.held.back")
                        .description("Calls that were not made, since their turn was too far away.")
                        .tag("api", name).register(meters),
                Timer.builder("keyfold.cloud.rate.limit.wait")
                        .description("How long calls waited for their turn, those only that had to.")
                        .tag("api", name).register(meters));
    }

    final class Api {
        private final String name;
        private final Counter heldBack;
        private final Timer waits;

        private Api(String name, Counter heldBack, Timer waits) {
            this.name = name;
            this.heldBack = heldBack;
            this.waits = waits;
        }

        /// @param operation "create root key"
        Call call(String operation) {
            return new Call(name, operation);
        }

        /// Waits for a call's turn.
        ///
        /// @throws FaultException where the turn is too far away
        void await(RateLimit rate, String title) {
            long begin = time.nanoTime();
            try {
                rate.await(title);
            } catch (FaultException held) {
                heldBack.increment();
                throw held;
            } finally {
                Duration waited = Duration.ofNanos(time.nanoTime() - begin);
                if (waited.compareTo(NO_WAIT) >= 0) {
                    waits.record(waited);
                }
            }
        }
    }

    /// One call from now to its end, on this thread.
    final class Call implements AutoCloseable {
        private final String api;
        private final String operation;
        private final CloudTraces.Call traced;
        private final long begin = time.nanoTime();

        private Call(String api, String operation) {
            this.api = api;
            this.operation = operation;
            this.traced = traces.begin(api, operation);
        }

        /// What came back, before it is known whether it can be read.
        void answered(Response<?> response, ErrorReader reader) {
            traced.answered(response, reader);
        }

        void ended(String outcome) {
            traced.outcome(outcome);
            Timer.builder("keyfold.cloud.call.duration")
                    .description("Calls to IBM Cloud, without the wait for their turn.")
                    .tags("api", api, "operation", operation, "outcome", outcome)
                    .serviceLevelObjectives(LENGTHS)
                    .register(meters)
                    .record(Duration.ofNanos(time.nanoTime() - begin));
        }

        void failed(Fault fault) {
            traced.failed(fault);
            ended(fault.code().name().toLowerCase(Locale.ROOT));
        }

        @Override
        public void close() {
            traced.end();
        }
    }
}
