package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@Tag("case-24")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestQuotasIT {
    private KafkaClusterTestKit broker;
    private Admin admin;

    @BeforeAll
    void start() throws Exception {
        broker = new KafkaClusterTestKit.Builder(
                new TestKitNodes.Builder().setNumBrokerNodes(1).setNumControllerNodes(1).setCombined(true).build())
                .build();
        broker.format();
        broker.startup();
        broker.waitForReadyBrokers();
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    @AfterAll
    void stop() throws Exception {
        admin.close();
        broker.close();
    }

    @Test
    void who_asks_gets_a_quota_and_what_differs_from_it_is_named() {
        var quotas = quotas("User:CN=deploy,O=x", 1_000);

        assertThat(quotas.verify(admin)).extracting(Inspection::name, Inspection::state).containsExactly(
                tuple("CN=deploy,O=x", Inspection.State.MISSING),
                tuple("CN=deploy,O=x-operator", Inspection.State.MISSING));
        assertThat(quotas.apply(admin)).extracting(Inspection::state).containsOnly(Inspection.State.CREATED);
        await().untilAsserted(() -> assertThat(quotas.verify(admin)).allMatch(Inspection::isGood));

        assertThat(quotas("User:CN=deploy,O=x", 2_000).verify(admin)).flatExtracting(Inspection::differences)
                .hasSize(2).contains("producer_byte_rate is 1000, wanted 2000");
    }

    @Test
    void kafka_slows_down_who_writes_more_and_loses_nothing() throws Exception {
        admin.createTopics(List.of(new NewTopic("cluster-deploy-requested", 1, (short) 1))).all().get();
        // Whom an unsecured broker takes everybody for.
        quotas("User:ANONYMOUS", 20_000).apply(admin);
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()), new ByteArraySerializer(),
                new ByteArraySerializer())) {
            var sent = new ArrayList<Future<RecordMetadata>>();
            await().until(() -> {
                for (int record = 0; record < 20; record++) {
                    sent.add(producer.send(new ProducerRecord<>("cluster-deploy-requested", new byte[2_000])));
                }
                producer.flush();
                return throttled(producer) > 0;
            });
            var offsets = new TreeSet<Long>();
            for (Future<RecordMetadata> record : sent) {
                offsets.add(record.get().offset());
            }
            assertThat(offsets).hasSameSizeAs(sent);
        }
    }

    @Test
    void what_is_no_user_cannot_be_held_to_one() {
        assertThatThrownBy(() -> quotas("Group:deployers", 1_000)).hasMessageContaining("Group:deployers is no user");
    }

    private static double throttled(KafkaProducer<byte[], byte[]> producer) {
        return producer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("produce-throttle-time-max"))
                .mapToDouble(metric -> (double) metric.metricValue())
                .filter(Double::isFinite)
                .max()
                .orElseThrow();
    }

    private static RequestQuotas quotas(String orchestrator, long bytesPerSecond) {
        return new RequestQuotas(
                Map.of(Party.ORCHESTRATOR, orchestrator, Party.OPERATOR, orchestrator + "-operator"), bytesPerSecond);
    }
}
