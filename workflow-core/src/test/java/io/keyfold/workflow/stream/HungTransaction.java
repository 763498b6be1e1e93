package io.keyfold.workflow.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Leaves a transaction open in partitions whose coordinator knows nothing of it, as a broker does that dies in the middle
/// of a commit. No client can be brought to it, so this speaks Kafka's protocol itself, as clients before KIP-890 did, to a
/// broker that is told not to ask the coordinator.
final class HungTransaction {
    private static final short BEFORE_KIP_890 = 11;

    private HungTransaction() {}

    /// @param transactionalId whose the transaction is
    static void leave(Admin admin, String bootstrapServer, String transactionalId, List<TopicPartition> partitions)
            throws Exception {
        verifyPartitions(admin, false);
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServer, "transactional.id", transactionalId),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
        }
        var known = admin.describeTransactions(List.of(transactionalId)).description(transactionalId).get();
        String[] address = bootstrapServer.split(":", -1);
        try (var socket = new Socket(address[0], Integer.parseInt(address[1]))) {
            for (TopicPartition partition : partitions) {
                write(socket, transactionalId, known.producerId(), (short) known.producerEpoch(), partition);
            }
        } finally {
            verifyPartitions(admin, true);
        }
    }

    private static void write(
            Socket socket, String transactionalId, long producerId, short epoch, TopicPartition partition)
            throws Exception {
        MemoryRecords records = MemoryRecords.withTransactionalRecords(
                Compression.NONE, producerId, epoch, 0,
                new SimpleRecord("default/hung".getBytes(StandardCharsets.UTF_8), new byte[]{0}));
        var topics = new ProduceRequestData.TopicProduceDataCollection();
        topics.add(new ProduceRequestData.TopicProduceData().setName(partition.topic()).setPartitionData(List.of(
                new ProduceRequestData.PartitionProduceData().setIndex(partition.partition()).setRecords(records))));
        var request = ProduceRequest.builder(
                new ProduceRequestData().setTransactionalId(transactionalId).setAcks((short) -1).setTimeoutMs(10_000)
                        .setTopicData(topics),
                true).build(BEFORE_KIP_890);
        var header = new RequestHeader(ApiKeys.PRODUCE, BEFORE_KIP_890, "hung", 1);
        ByteBuffer bytes = request.serializeWithHeader(header);
        var out = new DataOutputStream(socket.getOutputStream());
        out.writeInt(bytes.remaining());
        out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        out.flush();
        var in = new DataInputStream(socket.getInputStream());
        ByteBuffer answer = ByteBuffer.wrap(in.readNBytes(in.readInt()));
        var response = (ProduceResponse) AbstractResponse.parseResponse(answer, header);
        assertThat(response.errorCounts()).as("errors of %s", response).hasSize(1).containsKey(
                org.apache.kafka.common.protocol.Errors.NONE);
    }

    private static void verifyPartitions(Admin admin, boolean yes) throws Exception {
        var setting = new ConfigEntry("transaction.partition.verification.enable", Boolean.toString(yes));
        admin.incrementalAlterConfigs(
                Map.of(
                        new ConfigResource(ConfigResource.Type.BROKER, ""),
                        List.of(new AlterConfigOp(setting, AlterConfigOp.OpType.SET))))
                .all().get();
    }
}
