package io.keyfold.acceptance;

import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/// Apache Kafka in a container (`mvn verify -Pcontainers`). `keyfold.kafka.image` names another image that is compatible
/// with `apache/kafka`.
final class ContainerBroker implements BrokerUnderTest {
    private final KafkaContainer container;

    private ContainerBroker(KafkaContainer container) {
        this.container = container;
    }

    static ContainerBroker start() {
        var image = DockerImageName.parse(System.getProperty("keyfold.kafka.image", "apache/kafka:4.3.1"))
                .asCompatibleSubstituteFor("apache/kafka");
        var container = new KafkaContainer(image);
        SETTINGS.forEach(
                (name, value) -> container.withEnv("KAFKA_" + name.replace('.', '_').toUpperCase(java.util.Locale.ROOT),
                        value));
        container.start();
        return new ContainerBroker(container);
    }

    @Override
    public String bootstrapServers() {
        return container.getBootstrapServers();
    }

    @Override
    public void close() {
        container.stop();
    }
}
