import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import io.keyfold.schemas.ContractClasses;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * An orchestrator: asks for a cluster's encryption and follows what becomes of it.
 *
 * <pre>java -cp cli/target/keyfold.jar examples/clients/java/Deploy.java BOOTSTRAP_SERVERS REGISTRY_URL CLUSTER_PREFIX</pre>
 *
 * Besides Kafka's client and Confluent's serializer it needs the contract, keyfold-schemas (Java 17 or later).
 */
public class Deploy {
    static final String REQUESTS = "cluster-deploy-requested";
    static final String STATUS = "cluster-encryption-status";
    static final String AUDIT = "cluster-encryption-audit";
    static final Set<RunState> ENDS = Set.of(
            RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED, RunState.REJECTED, RunState.COMPENSATION_FAILED,
            RunState.KEY_IN_USE);

    public static void main(String[] arguments) throws Exception {
        ContractClasses.trust(); // Avro refuses generated classes that nobody has named
        Map<String, Object> config = Map.of(
                "bootstrap.servers", arguments[0],
                "schema.registry.url", arguments[1],
                "auto.register.schemas", false, // `keyfold topics create` has registered them
                "avro.remove.java.properties", true,
                "specific.avro.reader", true,
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest",
                "acks", "all");
        String cluster = "default/" + arguments[2];
        // The caller's own id. Sent again, for whatever reason, it has no further effect.
        String requestId = "java-" + arguments[2];
        ClusterDeployRequested request = ClusterDeployRequested.newBuilder()
                .setRequestId(requestId).setClusterPrefix(arguments[2]).setRegion("us-south")
                .setRequestedBy("examples/clients/java").setRequestedAt(Instant.now()).build();

        try (KafkaConsumer<String, Object> consumer = new KafkaConsumer<>(
                config, new StringDeserializer(), deserializer(config))) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (String topic : List.of(STATUS, AUDIT)) {
                consumer.partitionsFor(topic).forEach(each -> partitions.add(new TopicPartition(topic, each.partition())));
            }
            consumer.assign(partitions); // no group: whoever follows one request has nothing to share
            consumer.seekToBeginning(partitions.stream().filter(each -> each.topic().equals(STATUS)).toList());
            List<TopicPartition> audit = partitions.stream().filter(each -> each.topic().equals(AUDIT)).toList();
            consumer.endOffsets(audit).forEach(consumer::seek); // before anything is asked

            try (KafkaProducer<String, Object> producer = new KafkaProducer<>(
                    config, new StringSerializer(), serializer(config))) {
                producer.send(new ProducerRecord<>(REQUESTS, cluster, request)).get();
            }
            while (true) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    if (cluster.equals(record.key())) {
                        look(record.value(), requestId);
                    }
                }
            }
        }
    }

    static void look(Object value, String requestId) {
        // A refusal stands in the audit and nowhere else: it changes nothing, so there is no status of it.
        if (value instanceof ClusterEncryptionAudit audit && audit.getEvent() == AuditEvent.REQUEST_REFUSED
                && audit.getRequestId().equals(requestId)) {
            System.out.println("REFUSED " + audit.getCode() + ": " + audit.getMessage());
            System.exit(1);
        }
        if (value instanceof ClusterEncryptionStatus status && status.getLastRun() != null
                && status.getLastRun().getRequestId().equals(requestId)) {
            RunState state = status.getLastRun().getState();
            System.out.println(state + " " + status.getStanding() + ": " + status.getLastRun().getMessage());
            status.getLastRun().getViolations().forEach(System.out::println); // of a request that was rejected
            if (ENDS.contains(state)) {
                System.exit(state == RunState.COMPLETED ? 0 : 1);
            }
        }
    }

    static KafkaAvroSerializer serializer(Map<String, Object> config) {
        KafkaAvroSerializer serializer = new KafkaAvroSerializer();
        serializer.configure(config, false);
        return serializer;
    }

    static KafkaAvroDeserializer deserializer(Map<String, Object> config) {
        KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer();
        deserializer.configure(config, false);
        return deserializer;
    }
}
