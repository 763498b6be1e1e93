package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An auditor's own consumer: Kafka's and Confluent's classes and configuration, nothing of ours.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StockClientsReadEverythingIT {
    private final Site site = Site.shared();

    @Test
    void statuses_and_audit_are_read_with_confluents_own_deserializer() {
        String cluster = site.deploy(Site.request("stock").setKeyManagement(null));
        site.awaitEnd(cluster);

        GenericRecord status = (GenericRecord) recordsOf("cluster-encryption-status", cluster).getLast().value();
        assertThat(status.get("standing")).hasToString("PROVIDER_MANAGED");
        assertThat(status.get("cluster_id")).hasToString(cluster);
        GenericRecord audit = (GenericRecord) recordsOf("cluster-encryption-audit", cluster).getFirst().value();
        assertThat(audit.get("event")).hasToString("REQUEST_ACCEPTED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster-encryption-status", "cluster-encryption-audit"})
    void every_record_carries_cloud_event_headers(String topic) {
        String cluster = site.deploy(Site.request("headers").setKeyManagement(null));
        site.awaitEnd(cluster);

        ConsumerRecord<String, Object> record = recordsOf(topic, cluster).getLast();
        assertThat(record.headers()).extracting(header -> header.key())
                .contains("ce_id", "ce_type", "ce_source", "ce_time", "ce_specversion");
    }

    private List<ConsumerRecord<String, Object>> recordsOf(String topic, String key) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", site.bootstrapServers(),
                "group.id", "auditor-" + topic + "-" + System.nanoTime(),
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed",
                "key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer",
                "value.deserializer", "io.confluent.kafka.serializers.KafkaAvroDeserializer",
                "schema.registry.url", site.registryUrl());
        List<ConsumerRecord<String, Object>> found = new ArrayList<>();
        try (var consumer = new KafkaConsumer<String, Object>(config)) {
            consumer.subscribe(List.of(topic));
            await(topic + " of " + key).atMost(Site.SOON).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (key.equals(record.key())) {
                        found.add(record);
                    }
                });
                return found;
            }, records -> !records.isEmpty());
        }
        return found;
    }
}
