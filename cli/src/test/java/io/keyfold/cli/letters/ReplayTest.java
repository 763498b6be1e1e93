package io.keyfold.cli.letters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyfold.audit.Place;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.LetterReplay;
import io.keyfold.contract.RootKeyCommand;
import io.keyfold.contract.RootKeyEvent;
import io.keyfold.schemas.ContractClasses;
import io.keyfold.schemas.Topic;
import io.keyfold.schemas.Topics;
import io.keyfold.workflow.wire.InvalidInput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which dead letters may be published again, and what a repair makes of them.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReplayTest {
    static {
        ContractClasses.trust(); // before the first record is made
    }

    private static final ClusterDeployRequested REQUEST =
            ClusterDeployRequested.newBuilder().setRequestId("r-1").setClusterPrefix("hpc-1").build();

    @Test
    void a_request_that_is_readable_by_now_is_published_as_it_was() {
        assertThat(Replay.of(letter(Topics.CLUSTER_DEPLOY_REQUESTED, "default/hpc-1"), new Original.Legible(REQUEST)))
                .isEqualTo(new Replay.AsItWas());
    }

    @Test
    void what_cannot_be_read_wants_a_repair() {
        assertThat(
                Replay.of(
                        letter(Topics.CLUSTER_CONTROL_REQUESTED, "default/hpc-1"),
                        new Original.Illegible("It is empty.")))
                .isEqualTo(new Replay.OnceRepaired("It is empty."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"default/hpc-2", "hpc-1", ""})
    void a_key_that_disagrees_with_the_body_wants_a_repair(String key) {
        assertThat(Replay.of(letter(Topics.CLUSTER_DEPLOY_REQUESTED, key), new Original.Legible(REQUEST)))
                .isInstanceOfSatisfying(
                        Replay.OnceRepaired.class, repair -> assertThat(repair.why()).contains("default/hpc-1"));
    }

    @Test
    void an_import_whose_inputs_are_of_another_cluster_wants_a_repair() {
        var control = ClusterControlRequested.newBuilder().setControlId("c-1").setClusterId("default/hpc-2")
                .setAction(ControlAction.IMPORT).setInputs(REQUEST).build();

        assertThat(
                Replay.of(
                        letter(Topics.CLUSTER_CONTROL_REQUESTED, "default/hpc-2"), new Original.Legible(control)))
                .isInstanceOf(Replay.OnceRepaired.class);
    }

    @Test
    void a_workers_answer_is_published_as_it_was_or_not_at_all() {
        var letter = letter(Topics.ROOT_KEY_EVENTS, "default/hpc-1");
        var answer = RootKeyEvent.newBuilder().setClusterId("default/hpc-1").build();

        assertThat(Replay.of(letter, new Original.Legible(answer))).isEqualTo(new Replay.AsItWas());
        assertThat(Replay.of(letter, new Original.Illegible("It breaks off.")))
                .isInstanceOfSatisfying(
                        Replay.Never.class,
                        never -> assertThat(never.instead()).contains("keyfold retry default/hpc-1"));
    }

    @Test
    void a_command_is_never_published_again() {
        var command = RootKeyCommand.newBuilder().setClusterId("default/hpc-1").build();

        assertThat(Replay.of(letter(Topics.ROOT_KEY_COMMANDS, "default/hpc-1"), new Original.Legible(command)))
                .isInstanceOf(Replay.Never.class);
    }

    @Test
    void what_only_the_workflow_writes_is_never_published_again() {
        for (Topic<?> topic : new Topic<?>[]{
            Topics.LEDGER_REQUESTS, Topics.LEDGER_REPLIES, Topics.MISPLACED_REQUESTS,
            Topics.CLUSTER_ENCRYPTION_STATUS}) {
            assertThat(Replay.of(letter(topic, "default/hpc-1"), new Original.Illegible("It is empty.")))
                    .as(topic.name()).isInstanceOf(Replay.Never.class);
        }
    }

    @Test
    void what_was_published_again_is_not_published_a_third_time() {
        var letter = new Letter(
                new Place("keyfold-dead-letters", 0, 0),
                letter(Topics.CLUSTER_DEPLOY_REQUESTED, "default/hpc-1").record(),
                Optional.of(LetterReplay.newBuilder().setReplayedBy("root").build()));

        assertThat(Replay.of(letter, new Original.Legible(REQUEST))).isInstanceOfSatisfying(
                Replay.Never.class, never -> assertThat(never.why()).contains("already", "root"));
    }

    @Test
    void a_repair_changes_what_is_given_and_keeps_the_rest() {
        var repair = Repair.of(
                Topics.CLUSTER_DEPLOY_REQUESTED, new Original.Legible(REQUEST), Map.of("cluster_prefix", "hpc-2"));

        assertThat(repair.before()).isSameAs(REQUEST);
        assertThat(repair.after()).isEqualTo(
                ClusterDeployRequested.newBuilder(REQUEST).setClusterPrefix("hpc-2").build());
        assertThat(repair.cluster()).isEqualTo("default/hpc-2");
    }

    @Test
    void a_repair_of_what_cannot_be_read_begins_with_the_defaults() {
        var repair = Repair.of(
                Topics.CLUSTER_CONTROL_REQUESTED, new Original.Illegible("It is empty."),
                Map.of(
                        "control_id", "c-1", "cluster_id", "default/hpc-1", "action", "IMPORT", "inputs",
                        Map.of("cluster_prefix", "hpc-1", "request_id", "r-1")));

        assertThat(repair.after()).isEqualTo(
                ClusterControlRequested.newBuilder().setControlId("c-1").setClusterId("default/hpc-1")
                        .setAction(ControlAction.IMPORT).setInputs(REQUEST).build());
    }

    @Test
    void a_repair_says_all_that_is_wrong_with_it() {
        assertThatThrownBy(
                () -> Repair.of(
                        Topics.CLUSTER_CONTROL_REQUESTED, new Original.Illegible("It is empty."),
                        Map.of("acton", "IMPORT", "action", "EXPLODE", "inputs", Map.of("separate_keys", "maybe"))))
                .isInstanceOfSatisfying(
                        InvalidInput.class,
                        refused -> assertThat(refused.problems()).hasSize(3)
                                .anyMatch(problem -> problem.contains("did you mean action?"))
                                .anyMatch(problem -> problem.startsWith("action = EXPLODE; allowed: UNKNOWN, "))
                                .anyMatch(problem -> problem.startsWith("inputs.separate_keys = maybe")));
    }

    @Test
    void a_letter_is_named_by_its_origin_in_two_ways() {
        var place = Optional.of(new Place("cluster-deploy-requested", 3, 17));

        assertThat(Place.parse("cluster-deploy-requested-3@17")).isEqualTo(place);
        assertThat(Place.parse("cluster-deploy-requested-3-17")).isEqualTo(place);
        assertThat(Place.parse("cluster-deploy-requested")).isEmpty();
    }

    private static Letter letter(Topic<?> topic, String key) {
        var record = DeadLetter.newBuilder().setSourceTopic(topic.name()).setSourcePartition(3).setSourceOffset(17)
                .setOriginalKey(key.isEmpty() ? null : ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8))).build();
        return new Letter(new Place("keyfold-dead-letters", 0, 0), record, Optional.empty());
    }
}
