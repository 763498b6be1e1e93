package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class WorkerGroupsTest {
    @Test
    void a_member_shows_which_contract_it_knows_and_the_first_version_did_not_say() {
        String present = WorkerGroups.clientId("default", "root-key");

        assertThat(present).isEqualTo("keyfold-default-root-key-contract-" + WorkerGroups.CONTRACT);
        assertThat(WorkerGroups.contractOf(present)).isEqualTo(WorkerGroups.CONTRACT);
        assertThat(WorkerGroups.isEarlier(present)).isFalse();
        assertThat(WorkerGroups.contractOf("keyfold-default-root-key")).isEqualTo(1);
        assertThat(WorkerGroups.isEarlier("keyfold-default-root-key")).isTrue();
        assertThat(WorkerGroups.isEarlier("keyfold-default-root-key-contract-" + (WorkerGroups.CONTRACT + 1)))
                .isFalse();
        assertThat(WorkerGroups.contractOf("somebody's-contract-x")).isEqualTo(1);
    }

    @Test
    void there_is_a_group_for_each_kind() {
        assertThat(WorkerGroups.ids("prod1")).containsExactly(
                "keyfold-prod1-kms-instance", "keyfold-prod1-root-key", "keyfold-prod1-authorization");
    }

    @Test
    void whoever_adds_to_the_contract_of_the_latest_release_gives_it_the_next_number() {
        Map<String, Map<String, Schema>> released = ReleasedSchemas.all();
        Map<String, Schema> latest = released.getOrDefault("v" + released.size(), Map.of());
        boolean isAsReleased = Topics.ALL.stream().allMatch(topic -> topic.schema().equals(latest.get(topic.name())));

        assertThat(WorkerGroups.CONTRACT).isEqualTo(isAsReleased ? released.size() : released.size() + 1);
    }
}
