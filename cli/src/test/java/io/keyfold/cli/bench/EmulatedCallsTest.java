package io.keyfold.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EmulatedCallsTest {
    @Test
    void they_are_read_as_the_emulator_counts_them_without_those_for_tokens() throws JsonProcessingException {
        var counts = new ObjectMapper().readTree("""
                {"iam.token": {"calls": 3, "faults": 0, "under_way": 0, "by_status": {"200": 3}},
                 "key-protect.create_key": {"calls": 7, "faults": 0, "under_way": 1, "by_status": {"201": 6}}}""");

        assertThat(EmulatedCalls.of(counts)).isEqualTo(new EmulatedCalls(Map.of("key-protect.create_key", 7L)));
    }

    @Test
    void only_what_was_called_since_a_moment_counts() {
        var before = new EmulatedCalls(Map.of("key-protect.create_key", 5L, "key-protect.list_keys", 2L));
        var after = new EmulatedCalls(
                Map.of("key-protect.create_key", 8L, "key-protect.list_keys", 2L, "iam-policy-v1.create_policy", 1L));

        assertThat(after.since(before)).isEqualTo(
                new EmulatedCalls(Map.of("key-protect.create_key", 3L, "iam-policy-v1.create_policy", 1L)));
        assertThat(after.since(before).all()).isEqualTo(4);
    }

    @Test
    void the_key_and_the_authorizations_come_after_the_instance_and_beside_each_other() {
        var keyIsLonger = new EmulatedCalls(Map.of(
                "resource-controller.list_instances", 20L,
                "resource-controller.create_instance", 10L,
                "resource-manager.list_resource_groups", 10L,
                "key-protect.create_key", 10L,
                "key-protect.get_key_metadata", 20L,
                "iam-policy-v1.create_policy", 20L,
                "iam-policy-v1.get_policy", 20L));
        var authorizationIsLonger =
                new EmulatedCalls(Map.of("key-protect.create_key", 1L, "iam-policy-v1.create_policy", 4L));

        assertThat(keyIsLonger.onCriticalPath(10)).isEqualTo(4 + 3);
        assertThat(authorizationIsLonger.onCriticalPath(1)).isEqualTo(2);
    }
}
