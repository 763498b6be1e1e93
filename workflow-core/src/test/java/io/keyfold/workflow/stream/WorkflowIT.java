package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.LocalSite.PARTITIONS;
import static io.keyfold.workflow.stream.LocalSite.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.keyfold.contract.RunState;
import io.keyfold.monitoring.Monitor;
import io.keyfold.monitoring.MonitoringSettings;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// The workflow on a real broker.
class WorkflowIT extends OnALocalSite {
    @Test
    void it_shows_what_it_decides_and_that_it_folds() throws Exception {
        site.createTopics();
        try (Monitor monitor = Monitor.start(Optional.of(new MonitoringSettings("127.0.0.1", 0)));
                HttpClient http = HttpClient.newHttpClient()) {
            assertThat(get(http, monitor, "/health/ready").statusCode()).isEqualTo(503);
            try (Workflow workflow = Workflow.start(site.settings(Map.of()), monitor)) {
                assertThat(workflow.awaitReady(PATIENCE)).isTrue();
                assertThat(get(http, monitor, "/health/ready").body()).startsWith("{\"status\":\"UP\"")
                        .contains("are folded", "without a heartbeat");
                site.send("r-1", "hpc-1");

                await().atMost(PATIENCE).untilAsserted(
                        () -> assertThat(get(http, monitor, "/metrics").body()).contains(
                                "keyfold_runs_ended_total{kind=\"deploy\",state=\"completed\"} 1.0\n",
                                "keyfold_run_duration_seconds_count{kind=\"deploy\"} 1\n",
                                "keyfold_health{probe=\"ready\"} 1.0\n",
                                "kafka_stream_thread_process_total{",
                                "kafka_consumer_fetch_manager_records_lag{"));
                assertThat(get(http, monitor, "/health/live").body()).contains("2 threads");
            }
            assertThat(get(http, monitor, "/health/ready").statusCode()).isEqualTo(503);
            assertThat(get(http, monitor, "/health/live").statusCode()).as("it has ended as it was told")
                    .isEqualTo(200);
        }
    }

    private static HttpResponse<String> get(HttpClient http, Monitor monitor, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(monitor.address().orElseThrow() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void a_request_is_carried_out_and_its_status_published() throws Exception {
        site.createTopics();
        try (Workflow workflow = site.started()) {
            site.send("r-1", "hpc-1");

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).isNotEmpty());
            assertThat(site.statuses().getLast().getLastRun().getState()).isEqualTo(RunState.COMPLETED);
            assertThat(workflow.isHealthy()).isTrue();
        }
    }

    @Test
    @Tag("case-78")
    void after_a_restart_with_offsets_forgotten_old_requests_have_no_effect_and_new_ones_have() throws Exception {
        site.createTopics();
        try (Workflow _ = site.started()) {
            site.send("r-1", "hpc-1");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).isNotEmpty());
        }
        int before = site.statuses().size();
        Map<TopicPartition, OffsetAndMetadata> start = new HashMap<>();
        for (Topic<?> topic : WorkflowTopology.SOURCES) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                start.put(new TopicPartition(topic.name(), partition), new OffsetAndMetadata(0));
            }
        }
        await("nobody is a member").atMost(PATIENCE).until(site::members, Set::isEmpty); // who was alone stays for a session
        site.admin().alterConsumerGroupOffsets("keyfold-workflow-" + installation, start).all().get();

        try (Workflow _ = site.started()) {
            site.send("r-2", "hpc-2");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(site.statuses())
                            .anyMatch(status -> status.getClusterPrefix().equals("hpc-2")));
            assertThat(site.statuses().stream().filter(status -> status.getClusterPrefix().equals("hpc-1")))
                    .hasSize(before);
        }
    }

    @Test
    @Tag("case-79")
    void what_was_deleted_before_it_was_read_is_told_and_the_rest_is_done() throws Exception {
        site.createTopics();
        int partition;
        try (Workflow _ = site.started()) {
            partition = site.sendTo("r-1", "hpc-1");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).isNotEmpty());
        }
        site.send("r-2", "hpc-1");
        site.send("r-3", "hpc-1");
        var requests = new TopicPartition(Topics.CLUSTER_DEPLOY_REQUESTED.name(), partition);
        site.admin().deleteRecords(Map.of(requests, RecordsToDelete.beforeOffset(2))).all().get();

        var events = new ListAppender<ILoggingEvent>();
        events.start();
        var logger = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Workflow.class);
        logger.addAppender(events);
        try (Workflow _ = site.started()) {
            await().atMost(PATIENCE).untilAsserted(
                    () -> assertThat(site.statuses())
                            .anyMatch(status -> status.getLastRun().getRequestId().equals("r-3")));
            assertThat(List.copyOf(events.list)).filteredOn(event -> event.getLevel() == Level.ERROR)
                    .singleElement().extracting(ILoggingEvent::getFormattedMessage).asString()
                    .contains(requests + ": up to 1 records (offsets 1 to 1) were deleted", "get no status",
                            "keyfold status");
        } finally {
            logger.detachAppender(events);
        }
    }

    @Test
    @Tag("case-79")
    void where_nothing_is_left_to_be_read_that_is_told_once() throws Exception {
        site.createTopics();
        int partition;
        try (Workflow _ = site.started()) {
            partition = site.sendTo("r-1", "hpc-1");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).isNotEmpty());
        }
        site.send("r-2", "hpc-1");
        var requests = new TopicPartition(Topics.CLUSTER_DEPLOY_REQUESTED.name(), partition);
        site.admin().deleteRecords(Map.of(requests, RecordsToDelete.beforeOffset(2))).all().get();
        // As long as its place in the group is kept (decision 49), Kafka lets nobody pass over what is gone.
        String group = "keyfold-workflow-" + installation;
        await().atMost(PATIENCE).until(
                () -> site.admin().describeConsumerGroups(List.of(group)).all().get().get(group).members()
                        .isEmpty());

        var events = new ListAppender<ILoggingEvent>();
        events.start();
        var logger = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Workflow.class);
        logger.addAppender(events);
        try {
            for (int start = 0; start < 2; start++) {
                site.started().close();
            }
        } finally {
            logger.detachAppender(events);
        }
        assertThat(List.copyOf(events.list)).filteredOn(event -> event.getLevel() == Level.ERROR).singleElement()
                .extracting(ILoggingEvent::getFormattedMessage).asString().contains(requests + ": up to 1 records");
    }
}
