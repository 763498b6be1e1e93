package io.keyfold.emulator.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FaultRulesTest {

    private static final FaultTarget CREATE_KEY = new FaultTarget("key-protect.create_key", "POST", "/api/v2/keys",
            "guid", "account", "caller", "iam-ServiceId-1", "{}");
    private static final FaultTarget GET_KEY = new FaultTarget("key-protect.get_key_metadata", "GET",
            "/api/v2/keys/kf-1/metadata", "guid", "account", "caller", "iam-ServiceId-1", "");

    private static FaultRules rules(long seed, String json) {
        var rules = new FaultRules(seed);
        FaultRuleReader.read(json).forEach(rules::add);
        return rules;
    }

    private static List<Boolean> strikes(FaultRules rules, FaultTarget target, int calls) {
        return IntStream.range(0, calls).mapToObj(_ -> rules.plan(target).fault().isPresent()).toList();
    }

    @Test
    void the_same_seed_strikes_the_same_calls_and_another_seed_others() {
        String rule = "{\"probability\": 0.3, \"fault\": {\"type\": \"reset_after\"}}";
        List<Boolean> first = strikes(rules(42, rule), CREATE_KEY, 500);

        assertThat(strikes(rules(42, rule), CREATE_KEY, 500)).isEqualTo(first);
        assertThat(strikes(rules(43, rule), CREATE_KEY, 500)).isNotEqualTo(first);
        assertThat(Collections.frequency(first, true)).isBetween(120, 180);
    }

    @Test
    void calls_that_a_rule_does_not_mean_do_not_change_what_it_strikes() {
        String rule = "{\"operation\": \"key-protect.create_key\", \"probability\": 0.5, "
                + "\"fault\": {\"type\": \"reset_before\"}}";
        var interleaved = rules(42, rule);
        List<Boolean> struck = new ArrayList<>();
        for (int call = 0; call < 100; call++) {
            interleaved.plan(GET_KEY);
            struck.add(interleaved.plan(CREATE_KEY).fault().isPresent());
        }
        assertThat(struck).isEqualTo(strikes(rules(42, rule), CREATE_KEY, 100));
    }

    @Test
    void skip_and_count_bound_a_rule() {
        String rule = "{\"skip\": 2, \"count\": 3, \"fault\": {\"type\": \"hang_before\"}}";
        assertThat(strikes(rules(1, rule), CREATE_KEY, 7)).containsExactly(false, false, true, true, true, false,
                false);
    }

    @Test
    void latencies_add_up_and_of_the_others_the_first_wins() {
        FaultPlan plan = rules(1, """
                [{"name": "a", "fault": {"type": "latency", "ms": 30}},
                 {"name": "b", "fault": {"type": "reset_after"}},
                 {"name": "c", "fault": {"type": "latency", "ms": 12, "after": true}},
                 {"name": "d", "fault": {"type": "hang_before"}}]""").plan(CREATE_KEY);

        assertThat(plan).isEqualTo(new FaultPlan(Duration.ofMillis(30), Duration.ofMillis(12),
                Optional.of(new Fault.Reset(true)), "a,b,c"));
    }

    @Test
    void paths_match_by_glob() {
        String one = "{\"path\": \"/api/v2/keys/*/metadata\", \"fault\": {\"type\": \"empty\"}}";
        String many = "{\"path\": \"/api/**\", \"fault\": {\"type\": \"empty\"}}";
        assertThat(strikes(rules(1, one), GET_KEY, 1)).containsExactly(true);
        assertThat(strikes(rules(1, one), CREATE_KEY, 1)).containsExactly(false);
        assertThat(strikes(rules(1, many), CREATE_KEY, 1)).containsExactly(true);
    }

    @Test
    void a_log_normal_latency_goes_through_its_percentiles() {
        var distribution = LatencyDistribution.LogNormal.through(Duration.ofMillis(50), Duration.ofMillis(800));
        var random = new SplittableRandom(7);
        List<Long> sorted = IntStream.range(0, 20_000).mapToObj(_ -> distribution.draw(random).toMillis()).sorted()
                .toList();

        assertThat(sorted.get(10_000)).isBetween(46L, 54L);
        assertThat(sorted.get(19_800)).isBetween(680L, 940L);
    }

    @Test
    void a_uniform_latency_stays_within_its_bounds() {
        var distribution = new LatencyDistribution.Uniform(Duration.ofMillis(10), Duration.ofMillis(20));
        var random = new SplittableRandom(7);
        assertThat(IntStream.range(0, 1000).mapToObj(_ -> distribution.draw(random)))
                .allSatisfy(time -> assertThat(time).isBetween(Duration.ofMillis(10), Duration.ofMillis(20)));
    }

    @Test
    void what_a_rule_gets_wrong_is_said() {
        assertRefused("[", "not JSON");
        assertRefused("{\"fault\": {\"type\": \"explode\"}}", "explode is unknown; known are latency");
        assertRefused("{\"fualt\": {\"type\": \"empty\"}}", "fualt is unknown; known are account");
        assertRefused("{\"fault\": {\"type\": \"status\", \"status\": 42}}", "200 to 599");
        assertRefused("{\"fault\": {\"type\": \"status\", \"status\": 429, \"retry_after\": \"soon\"}}",
                "date:seconds");
        assertRefused("{\"fault\": {\"type\": \"latency\"}}", "ms: a number of milliseconds");
        assertRefused("{\"fault\": {\"type\": \"latency\", \"distribution\": \"odd\"}}", "odd is unknown");
    }

    private static void assertRefused(String json, String words) {
        assertThatThrownBy(() -> FaultRuleReader.read(json)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }
}
