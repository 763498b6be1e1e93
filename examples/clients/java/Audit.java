import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * An audit consumer: tells every transition and checks that each record seals its cluster's record before it. With a cluster's
 * id it tells of that cluster alone, and ends when its run has.
 *
 * <pre>java -cp cli/target/keyfold.jar examples/clients/java/Audit.java BOOTSTRAP_SERVERS REGISTRY_URL [CLUSTER_ID]</pre>
 *
 * Kafka's client and Confluent's deserializer, nothing of Keyfold's.
 */
public class Audit {
    static final String TOPIC = "cluster-encryption-audit";

    public static void main(String[] arguments) throws Exception {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", arguments[0],
                "schema.registry.url", arguments[1],
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest");
        KafkaAvroDeserializer avro = new KafkaAvroDeserializer();
        avro.configure(config, false);
        Map<String, byte[]> seals = new HashMap<>();

        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                config, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(TOPIC).stream()
                    .map(each -> new TopicPartition(TOPIC, each.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (true) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    if (arguments.length < 3 || arguments[2].equals(record.key())) {
                        GenericRecord audit = (GenericRecord) avro.deserialize(TOPIC, record.value());
                        check(record.key(), audit, seals);
                        seals.put(record.key(), seal(record.value()));
                        System.out.printf(
                                "%s %s %s %s: %s%n", record.key(), audit.get("sequence"), audit.get("event"),
                                audit.get("actor"), audit.get("message"));
                        if (arguments.length == 3 && audit.get("event").toString().equals("RUN_ENDED")) {
                            return;
                        }
                    }
                }
            }
        }
    }

    /** The first record of a cluster has no seal, nor has one that a first version wrote. */
    static void check(String cluster, GenericRecord audit, Map<String, byte[]> seals) {
        GenericFixed previous = (GenericFixed) audit.get("previous_hash");
        if (previous != null && seals.containsKey(cluster) && !Arrays.equals(previous.bytes(), seals.get(cluster))) {
            System.out.println(cluster + " " + audit.get("sequence") + " DOES NOT SEAL THE RECORD BEFORE IT");
            System.exit(1);
        }
    }

    /** The first 128 bits of SHA-256 over the Avro body: what follows the magic byte and the schema's id. */
    static byte[] seal(byte[] value) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update(ByteBuffer.wrap(value, 5, value.length - 5));
        return Arrays.copyOf(sha256.digest(), 16);
    }
}
