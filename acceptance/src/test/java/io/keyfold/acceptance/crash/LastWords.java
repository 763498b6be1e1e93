package io.keyfold.acceptance.crash;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/// What stands between a process and the broker: nothing that a dead one writes gets there. Kafka makes it by its class's
/// name, for the producer of the process that a setting names.
public final class LastWords implements ProducerInterceptor<byte[], byte[]> {
    static final String PROCESS = "keyfold.test.process";
    private static final Map<String, Fate> FATES = new ConcurrentHashMap<>();

    private String process = "";

    static void watch(String process, Fate fate) {
        FATES.put(process, fate);
    }

    static void forget(String process) {
        FATES.remove(process);
    }

    @Override
    public void configure(Map<String, ?> settings) {
        process = String.valueOf(settings.get(PROCESS));
    }

    /// @throws Fate.Death which, unlike an exception, Kafka lets through
    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> event) {
        Objects.requireNonNull(FATES.get(process), process).beforeEvent(event.topic());
        return event;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception failure) {
        // its process sees that
    }

    @Override
    public void close() {
        // nothing is open
    }
}
