package io.keyfold.acceptance;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;

/// The Kafka that a site runs on: in this process by default, or in a container with `-Dkeyfold.broker=container`.
interface BrokerUnderTest extends AutoCloseable {
    String bootstrapServers();

    @Override
    void close();

    /// Starts the one that `keyfold.broker` names.
    static BrokerUnderTest start() {
        return "container".equals(System.getProperty("keyfold.broker")) ? ContainerBroker.start() : InProcess.start();
    }

    /// One KRaft node, broker and controller, in this process.
    final class InProcess implements BrokerUnderTest {
        private final KafkaClusterTestKit cluster;

        private InProcess(KafkaClusterTestKit cluster) {
            this.cluster = cluster;
        }

        static InProcess start() {
            try {
                var nodes = new TestKitNodes.Builder().setCombined(true).setNumBrokerNodes(1)
                        .setNumControllerNodes(1).setBrokerListenerName(ListenerName.normalised("EXTERNAL")).build();
                var builder = new KafkaClusterTestKit.Builder(nodes);
                SETTINGS.forEach(builder::setConfigProp);
                var cluster = builder.build();
                cluster.format();
                cluster.startup();
                cluster.waitForReadyBrokers();
                return new InProcess(cluster);
            } catch (Exception e) {
                throw new IllegalStateException("No broker could be started in this process", e);
            }
        }

        @Override
        public String bootstrapServers() {
            return cluster.bootstrapServers();
        }

        @Override
        public void close() {
            try {
                cluster.close();
            } catch (Exception e) {
                throw new IllegalStateException("The broker did not stop", e);
            }
        }
    }

    /// What one node needs to keep transactions and groups.
    Map<String, String> SETTINGS = new HashMap<>(
            Map.of(
                    "offsets.topic.replication.factor", "1",
                    "offsets.topic.num.partitions", "4",
                    "transaction.state.log.replication.factor", "1",
                    "transaction.state.log.min.isr", "1",
                    "transaction.state.log.num.partitions", "4",
                    "share.coordinator.state.topic.replication.factor", "1",
                    "group.initial.rebalance.delay.ms", "0",
                    "group.min.session.timeout.ms", "1000",
                    "auto.create.topics.enable", "false"));
}
