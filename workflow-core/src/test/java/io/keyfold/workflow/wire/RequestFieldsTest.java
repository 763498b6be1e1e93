package io.keyfold.workflow.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RequestFieldsTest {
    @Test
    void inputs_become_a_record_and_the_others_have_their_defaults() {
        var request = RequestFields.toRecord(Map.of(
                "cluster_prefix", "hpc-1",
                "skip_kms_s2s_auth_policy", "true",
                "separate_keys", false,
                "rotation_interval_months", new BigDecimal(3),
                "dual_authorization_delete", true,
                "deadline", "2026-01-31T18:00:00Z"));

        assertThat(request.getClusterPrefix()).isEqualTo("hpc-1");
        assertThat(request.getSkipKmsS2sAuthPolicy()).isTrue();
        assertThat(request.getRotationIntervalMonths()).isEqualTo(3);
        assertThat(request.getDualAuthorizationDelete()).isTrue();
        assertThat(request.getDeadline()).isEqualTo(Instant.parse("2026-01-31T18:00:00Z"));
        assertThat(request.getKeyManagement()).isEqualTo("key_protect");
        assertThat(request.getResourceGroup()).isEqualTo("Default");
    }

    @Test
    void null_is_a_value_where_the_contract_says_so() {
        var inputs = new HashMap<String, @Nullable Object>();
        inputs.put("key_management", null);

        assertThat(RequestFields.toRecord(inputs).getKeyManagement()).isNull();
    }

    @Test
    void everything_that_is_wrong_is_said_at_once() {
        var inputs = new HashMap<String, @Nullable Object>();
        inputs.put("cluster_prefx", "hpc-1");
        inputs.put("zone", List.of("us-south-1"));
        inputs.put("separate_keys", "maybe");
        inputs.put("rotation_interval_months", "1.5");
        inputs.put("deadline", "tomorrow");
        inputs.put("resource_group", null);

        assertThatThrownBy(() -> RequestFields.toRecord(inputs)).isInstanceOfSatisfying(
                InvalidInput.class,
                refused -> assertThat(refused.problems()).containsExactlyInAnyOrder(
                        "there is no input cluster_prefx; did you mean cluster_prefix?",
                        "zone = [us-south-1]; allowed: a text",
                        "separate_keys = maybe; allowed: true or false",
                        "rotation_interval_months = 1.5; allowed: a whole number",
                        "deadline = tomorrow; allowed: a time such as 2026-01-31T18:00:00Z",
                        "resource_group = null; allowed: a text, not null"));
    }

    @Test
    void a_huge_or_hostile_value_is_shown_shortened_and_harmless() {
        assertThatThrownBy(() -> RequestFields.toRecord(Map.of("separate_keys", "\u001b[2J" + "x".repeat(1_000_000))))
                .hasMessage("separate_keys = ?[2J" + "x".repeat(56) + "…; allowed: true or false");
    }
}
