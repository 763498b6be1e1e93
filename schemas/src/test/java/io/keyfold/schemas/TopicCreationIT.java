package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TopicCreationIT {
    private KafkaClusterTestKit broker;
    private Admin admin;
    private TopicCreation creation;

    @BeforeAll
    void start() throws Exception {
        broker = new KafkaClusterTestKit.Builder(
                new TestKitNodes.Builder().setNumBrokerNodes(1).setNumControllerNodes(1).setCombined(true).build())
                .build();
        broker.format();
        broker.startup();
        broker.waitForReadyBrokers();
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        creation = new TopicCreation(admin);
    }

    @AfterAll
    void stop() throws Exception {
        admin.close();
        broker.close();
    }

    @AfterEach
    void removeTopics() throws Exception {
        admin.deleteTopics(admin.listTopics().names().get()).all().get();
        await().until(() -> admin.listTopics().names().get().isEmpty());
    }

    @Test
    void every_topic_is_made_as_the_catalogue_says_and_then_left_alone() {
        assertThat(creation.verify()).hasSameSizeAs(Topics.ALL)
                .allMatch(found -> isIn(found, Inspection.State.MISSING));

        assertThat(creation.create(3, Optional.of((short) 1)))
                .hasSameSizeAs(Topics.ALL)
                .allMatch(found -> isIn(found, Inspection.State.CREATED));

        assertThat(creation.create(3, Optional.empty())).allMatch(found -> isIn(found, Inspection.State.AS_WANTED));
        assertThat(creation.verify()).allMatch(found -> isIn(found, Inspection.State.AS_WANTED));
    }

    @Test
    @Tag("case-81")
    void what_differs_is_named_with_what_is_wanted_and_not_changed() throws Exception {
        creation.create(3, Optional.of((short) 1));
        admin.incrementalAlterConfigs(Map.of(
                new ConfigResource(ConfigResource.Type.TOPIC, "cluster-encryption-status"),
                List.of(new AlterConfigOp(
                        new ConfigEntry("cleanup.policy", "delete"), AlterConfigOp.OpType.SET))))
                .all()
                .get();
        admin.createPartitions(Map.of("root-key-events", NewPartitions.increaseTo(4))).all().get();

        await().untilAsserted(() -> assertThat(creation.create(3, Optional.of((short) 1)))
                .filteredOn(found -> !found.isGood())
                .containsExactly(
                        new Inspection(
                                "root-key-events",
                                Inspection.State.DIFFERS,
                                List.of("root-key-events has 4 partitions, wanted are 3: the number is fixed at creation,"
                                        + " and the workflow needs equally many in all that it reads")),
                        new Inspection(
                                "cluster-encryption-status",
                                Inspection.State.DIFFERS,
                                List.of("cluster-encryption-status: cleanup.policy is delete,"
                                        + " the catalogue says compact"))));
    }

    @Test
    void topics_with_another_number_of_partitions_than_wanted_are_named_one_by_one() {
        creation.create(3, Optional.of((short) 1));

        assertThat(creation.create(6, Optional.empty()))
                .hasSameSizeAs(Topics.ALL)
                .allSatisfy(found -> assertThat(found.differences()).singleElement().asString()
                        .startsWith(found.name() + " has 3 partitions, wanted are 6: the number is fixed at creation"));
        assertThat(creation.verify()).as("they are equal, and that is all that the workflow needs")
                .allMatch(found -> isIn(found, Inspection.State.AS_WANTED));
    }

    @Test
    void nothing_is_made_beside_a_source_of_the_sagas_that_has_another_number_of_partitions() throws Exception {
        admin.createTopics(List.of(new NewTopic("cluster-deploy-requested", 1, (short) 1))).all().get();
        await().until(() -> admin.listTopics().names().get().contains("cluster-deploy-requested"));

        assertThat(creation.create(3, Optional.of((short) 1)))
                .filteredOn(found -> isIn(found, Inspection.State.MISSING))
                .hasSize(Topics.ALL.size() - 1);
        assertThat(admin.listTopics().names().get()).containsExactly("cluster-deploy-requested");
    }

    @Test
    void a_topic_that_is_there_already_keeps_its_partitions() throws Exception {
        admin.createTopics(List.of(new NewTopic("keyfold-dead-letters", 1, (short) 1))).all().get();
        await().until(() -> admin.listTopics().names().get().contains("keyfold-dead-letters"));

        assertThat(creation.create(3, Optional.of((short) 1)))
                .filteredOn(found -> found.name().equals("keyfold-dead-letters"))
                .singleElement()
                .satisfies(found -> assertThat(found.differences())
                        .contains(
                                "keyfold-dead-letters: max.message.bytes is 1048588, the catalogue says 4194304",
                                "keyfold-dead-letters has 1 partition, wanted are 3: the number is fixed at creation"));
        assertThat(creation.verify()).noneMatch(found -> isIn(found, Inspection.State.MISSING));
    }

    private static boolean isIn(Inspection found, Inspection.State state) {
        return found.state() == state;
    }
}
