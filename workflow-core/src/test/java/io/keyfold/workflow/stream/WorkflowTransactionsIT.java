package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.LocalSite.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.keyfold.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What the workflow does on a real broker about transactions that nobody ends.
class WorkflowTransactionsIT extends OnALocalSite {
    @Test
    @Tag("case-77")
    void a_transaction_that_hangs_delays_what_lies_behind_it_until_kafka_gives_it_up() throws Exception {
        site.createTopics();
        try (Workflow _ = site.started();
                var hanging = site.transaction(Duration.ofSeconds(1))) {
            hanging.send(new ProducerRecord<>(
                    Topics.CLUSTER_DEPLOY_REQUESTED.name(), "default/hpc-1", site.bytes("r-1", "hpc-1")))
                    .get();
            site.send("r-2", "hpc-1");

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).isNotEmpty());
            assertThat(site.statuses())
                    .allMatch(status -> status.getLastRun().getRequestId().equals("r-2"));
        }
    }

    @Test
    @Tag("case-62")
    @Tag("case-77")
    void what_a_process_of_the_workflow_that_is_gone_has_left_open_is_undone_at_once() throws Exception {
        site.createTopics();
        String id = WorkflowSettings.of(site.settings(Map.of())).applicationId() + "-" + UUID.randomUUID() + "-1";
        try (var gone = site.transaction(id, Duration.ofMinutes(5));
                var anothers = site.transaction("somebody-else-1", Duration.ofMinutes(5))) {
            gone.send(new ProducerRecord<>(
                    Topics.CLUSTER_DEPLOY_REQUESTED.name(), "default/hpc-1", site.bytes("r-1", "hpc-1")))
                    .get();
            anothers.send(new ProducerRecord<>(
                    Topics.CLUSTER_CONTROL_REQUESTED.name(), "default/hpc-1", new byte[0])).get();
            site.send("r-2", "hpc-1");
            try (Workflow _ = site.started()) {
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).isNotEmpty());
                assertThat(site.statuses())
                        .allMatch(status -> status.getLastRun().getRequestId().equals("r-2"));
            }
            assertThatThrownBy(gone::commitTransaction).isInstanceOf(ProducerFencedException.class);
            anothers.commitTransaction();
        }
    }

    @Test
    @Tag("case-75")
    @Tag("case-77")
    void a_transaction_that_kafka_has_forgotten_to_end_is_undone_and_what_led_to_it_done_again() throws Exception {
        site.createTopics();
        int partition;
        try (Workflow _ = site.started()) {
            partition = site.sendTo("r-1", "hpc-1");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).hasSize(1));
        }
        String id = WorkflowSettings.of(site.settings(Map.of())).applicationId();
        HungTransaction.leave(
                site.admin(), site.bootstrapServers(), id + "-" + UUID.randomUUID() + "-1",
                List.of(
                        new TopicPartition(id + "-sagas-changelog", partition),
                        new TopicPartition(Topics.CLUSTER_ENCRYPTION_STATUS.name(), partition)));
        var hanging = new HangingTransactions(site.admin(), id);
        assertThat(hanging.look()).singleElement().satisfies(found -> {
            assertThat(found.isWhole()).isTrue();
            assertThat(found.partitions()).hasSize(2);
        });

        try (Workflow _ = site.started()) {
            assertThat(hanging.look()).isEmpty();
            site.send("r-1", "hpc-1"); // is known
            site.send("r-2", "hpc-1");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).hasSize(2));
        }
    }

    @Test
    @Tag("case-77")
    void a_transaction_that_is_open_or_another_applications_does_not_hang() throws Exception {
        site.createTopics();
        String id = WorkflowSettings.of(site.settings(Map.of())).applicationId();
        var hanging = new HangingTransactions(site.admin(), id);
        try (var open = site.transaction(id + "-1", Duration.ofMinutes(5))) {
            open.send(new ProducerRecord<>(Topics.CLUSTER_ENCRYPTION_STATUS.name(), "default/hpc-1", new byte[0]))
                    .get();
            assertThat(hanging.look()).isEmpty();
            open.commitTransaction();
        }
        HungTransaction.leave(
                site.admin(), site.bootstrapServers(), "somebody-else-2",
                List.of(new TopicPartition(Topics.CLUSTER_ENCRYPTION_STATUS.name(), 0)));
        assertThat(hanging.look()).isEmpty();
    }

    @Test
    void nobody_is_taken_for_gone_where_clients_have_names_that_say_nothing_of_their_process() throws Exception {
        site.createTopics();
        var named = site.settings(Map.of("kafka.client.id", "me"));
        String id = WorkflowSettings.of(named).applicationId() + "-" + UUID.randomUUID() + "-1";
        try (Workflow workflow = Workflow.start(named);
                var another = site.transaction(id, Duration.ofMinutes(5))) {
            assertThat(workflow.awaitReady(PATIENCE)).isTrue();
            another.send(new ProducerRecord<>(
                    Topics.CLUSTER_CONTROL_REQUESTED.name(), "default/hpc-1", new byte[0])).get();

            assertThat(new LeftTransactions(site.admin(), WorkflowSettings.of(named).applicationId()).end()).isEmpty();
            another.commitTransaction();
        }
    }
}
