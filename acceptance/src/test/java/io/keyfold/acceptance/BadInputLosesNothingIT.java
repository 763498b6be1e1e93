package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.DeadLetterReason;
import io.keyfold.contract.RunState;
import io.keyfold.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Whatever lies in the request topic ends as a run, a rejection or a dead letter, and its neighbours go on.
@DisplayNameGeneration(ReplaceUnderscores.class)
class BadInputLosesNothingIT {
    private final Site site = Site.shared();
    private final Sender sender = new Sender(site);

    @AfterEach
    void close() {
        sender.close();
    }

    @Test
    @Tag("case-1")
    void a_value_that_is_not_avro_is_a_dead_letter_with_its_own_bytes() {
        byte[] value = "{\"cluster_prefix\":\"json\"}".getBytes(StandardCharsets.UTF_8);
        DeadLetter letter = deadLetterOf(send(bytes("default/not-avro"), value));

        assertThat(letter.getReason()).isEqualTo(DeadLetterReason.NOT_AVRO);
        assertThat(letter.getOriginalValue()).isEqualTo(ByteBuffer.wrap(value));
        assertThat(letter.getOriginalKey()).isEqualTo(ByteBuffer.wrap(bytes("default/not-avro")));
        assertThat(letter.getMessage()).isNotEmpty();
        for (String command : List.of("explain", "status", "history")) {
            assertThat(site.run(command, "not-avro").expect(3).err()).as(command)
                    .contains("could not be read and is a dead letter", "(NOT_AVRO)", "Send it again",
                            "keyfold dead-letters show " + place(letter));
        }
    }

    @Test
    @Tag("case-2")
    void an_unknown_schema_id_is_a_dead_letter_and_stalls_nobody() {
        DeadLetter letter = deadLetterOf(
                send(bytes("default/no-schema"), new byte[]{0, 0x7f, -1, -1, -1, 2, 2, 2}));

        assertThat(letter.getReason()).isEqualTo(DeadLetterReason.UNKNOWN_SCHEMA);
    }

    @Test
    @Tag("case-4")
    void another_record_type_is_a_dead_letter() {
        byte[] control = serialized(
                ClusterControlRequested.newBuilder().setControlId("c").setClusterId("default/wrong-type").build());

        assertThat(deadLetterOf(send(bytes("default/wrong-type"), control)).getReason())
                .isEqualTo(DeadLetterReason.WRONG_RECORD_TYPE);
    }

    @Test
    @Tag("case-7")
    @Tag("case-8")
    void a_null_key_and_a_null_value_are_dead_letters() {
        assertThat(deadLetterOf(send(null, request("null-key"))).getReason()).isEqualTo(DeadLetterReason.NULL_KEY);
        assertThat(deadLetterOf(send(bytes("default/null-value"), null)).getReason())
                .isEqualTo(DeadLetterReason.NULL_VALUE);
    }

    @Test
    @Tag("case-9")
    void a_key_that_disagrees_with_the_body_is_refused() {
        assertThat(deadLetterOf(send(bytes("default/one"), request("another"))).getReason())
                .isEqualTo(DeadLetterReason.KEY_MISMATCH);
        assertThat(site.statuses("default/another")).isEmpty();
        assertThat(site.run("audit", "--cluster", "default/one", "--offline").expect(0).out())
                .contains("No violation.");
        for (String command : List.of("explain", "status")) {
            assertThat(site.run(command, "one").expect(3).err()).as(command)
                    .contains("there is no cluster default/one: what was asked of it was refused", "(KEY_MISMATCH)",
                            "its body names another cluster. Send it again", "keyfold history default/one",
                            "keyfold dead-letters show cluster-deploy-requested-");
        }
        assertThat(site.run("history", "one").expect(0).out()).contains("REQUEST_REFUSED");
    }

    @Test
    @Tag("case-17")
    @Tag("case-18")
    void control_characters_in_a_name_are_a_dead_letter_and_reach_no_cloud() {
        String name = "evil\r\nX-Injected: 1";
        assertThat(deadLetterOf(send(bytes("default/" + name), request(name))).getReason())
                .isEqualTo(DeadLetterReason.INVALID_KEY);
    }

    @Test
    @Tag("case-6")
    void a_name_of_nearly_a_megabyte_is_refused_in_a_few_words() {
        String cluster = site.deploy(
                Site.request("big-name").setKmsInstanceName("x".repeat(900_000)));

        var status = site.awaitEnd(cluster);
        assertThat(status.getLastRun().getState()).isEqualTo(RunState.REJECTED);
        assertThat(status.toString().length()).isLessThan(10_000);
    }

    @Test
    @Tag("case-19")
    void an_action_of_a_newer_version_is_refused_in_the_audit() {
        String cluster = "default/newer";
        byte[] control = serialized(
                ClusterControlRequested.newBuilder().setControlId("c-newer").setClusterId(cluster)
                        .setRequestId("r-1").setRequestedAt(Instant.EPOCH).build());
        sender.send(Topics.CLUSTER_CONTROL_REQUESTED, bytes(cluster), control);

        await().atMost(Site.SOON).until(
                () -> site.audit(cluster),
                audit -> audit.stream().anyMatch(line -> line.getCode().equals("UNKNOWN_ACTION")));
    }

    @Test
    @Tag("case-1")
    void good_neighbours_of_bad_records_are_served() {
        for (int i = 0; i < 20; i++) {
            send(bytes("default/junk-" + i), bytes("junk " + i));
        }
        assertThat(site.awaitEnd(site.deploy(Site.request("neighbour").setKeyManagement(null))).getLastRun().getState())
                .isEqualTo(RunState.COMPLETED);
    }

    @Test
    @Tag("case-3")
    void a_registry_that_is_down_is_waited_for() {
        byte[] good = serializedProviderManaged("registry-down");
        RecordMetadata sent;
        site.registry().kill();
        try {
            // A schema nobody has read yet would be looked up; nothing may become a dead letter meanwhile.
            sent = send(bytes("default/no-registry"), new byte[]{0, 0x7f, -1, -1, 7, 2, 2, 2});
            send(bytes("default/registry-down"), good);
        } finally {
            site.registry().restart();
            site.registry().awaitReady();
        }
        assertThat(deadLetterOf(sent).getReason()).isEqualTo(DeadLetterReason.UNKNOWN_SCHEMA);
        assertThat(site.awaitEnd("default/registry-down").getLastRun().getState()).isEqualTo(RunState.COMPLETED);
    }

    private static String place(DeadLetter letter) {
        return letter.getSourceTopic() + "-" + letter.getSourcePartition() + "@" + letter.getSourceOffset();
    }

    private DeadLetter deadLetterOf(RecordMetadata sent) {
        return site.awaitDeadLetter(sent);
    }

    private byte[] request(String prefix) {
        return serialized(Site.request(prefix));
    }

    private byte[] serializedProviderManaged(String prefix) {
        return serialized(Site.request(prefix).setKeyManagement(null));
    }

    private byte[] serialized(ClusterDeployRequested.Builder request) {
        return sender.bytes(Topics.CLUSTER_DEPLOY_REQUESTED, request.build());
    }

    private byte[] serialized(ClusterControlRequested control) {
        return sender.bytes(Topics.CLUSTER_CONTROL_REQUESTED, control);
    }

    private RecordMetadata send(byte @Nullable [] key, byte @Nullable [] value) {
        return sender.send(Topics.CLUSTER_DEPLOY_REQUESTED, key, value);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
