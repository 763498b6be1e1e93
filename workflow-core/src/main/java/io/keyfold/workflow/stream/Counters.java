package io.keyfold.workflow.stream;

import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.Sensor.RecordingLevel;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/// What is counted beside what Kafka Streams counts by itself; readable over JMX.
final class Counters {
    private Counters() {}

    /// Records that were handled before and read again.
    static Sensor repeated(ProcessorContext<?, ?> context) {
        return context.metrics()
                .addRateTotalSensor("keyfold", context.taskId().toString(), "repeated-records", RecordingLevel.INFO);
    }
}
