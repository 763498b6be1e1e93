package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyfold.audit.Invariant;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.FaultCode;
import io.keyfold.contract.RunState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Services whose machine's clock is wrong from the start, or is set under them while runs are in flight. Whoever would stand
/// still until the clock has caught up ends and is started again, as by a supervisor. Each run ends as it must, once.
@DisplayNameGeneration(ReplaceUnderscores.class)
@EnabledIfSystemProperty(named = "keyfold.thorough", matches = "true", disabledReason = "mvn verify -Pthorough")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class AClockThatJumpsIT {
    /// What the documents say of a service that ends for its clock.
    private static final int CLOCK_SET_BACK = 13;

    /// The end in order, or the end of the patience for it; and a slow machine.
    private static final Duration ENDS_WITHIN = Duration.ofMinutes(2);
    private static final Duration STALL = Duration.ofMinutes(4);

    private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    /// Kafka takes no record of more than an hour ahead.
    private static final Duration NEARLY_AN_HOUR = Duration.ofMinutes(50);

    /// So that no run reaches its deadline by the jump, and no command counts as expired to workers whose clock is right.
    private static final Map<String, String> LONG_RUNS =
            Map.of("KEYFOLD_RUN_TIME_MS", "10800000", "KEYFOLD_COMMAND_VALIDITY_MS", "10800000");

    /// Long enough for a deadline to pass, short enough to wait for: only then the instance can be deleted.
    private static final int PROVISIONING_MS = 90_000;

    private Path directory;

    @BeforeEach
    void requireLibfaketime() {
        assumeTrue(SetClock.isPossible(), SetClock.NEEDS);
        directory = UnderLoad.directory("clock");
    }

    private static Map<String, String> with(SetClock clock, Map<String, String> others) {
        var settings = new HashMap<>(clock.settings());
        settings.putAll(others);
        return settings;
    }

    /// Tokens expire meanwhile, though by the workers' clock they would be good for a day.
    @Test
    @Tag("case-16")
    @Tag("case-55")
    void workers_a_day_behind_do_all_their_work_and_replace_each_token_that_has_expired() {
        var clock = new SetClock(directory, "clock");
        clock.set(DAY.negated());
        try (Fleet fleet = new Fleet(directory, Map.of(), List.of("--token-lifetime-ms", "15000"));
                UnderLoad load = UnderLoad.begin(fleet, 1, Map.of(), _ -> clock.settings())) {
            long tokens = tokens(fleet);
            load.through("half a minute with workers a day behind", STALL, () -> load.allLiveFor(HALF_A_MINUTE));
            assertThat(tokens(fleet)).as("tokens that the workers have asked for").isGreaterThan(tokens);
            load.end();
        }
    }

    private static long tokens(Fleet fleet) {
        return fleet.cloud().counts().path("iam.token").path("calls").asLong();
    }

    /// Less than a command lives that is to delete something.
    @Test
    @Tag("case-16")
    void workers_some_minutes_ahead_do_all_their_work() {
        var clock = new SetClock(directory, "clock");
        clock.set(Duration.ofMinutes(8));
        try (Fleet fleet = new Fleet(directory, Map.of());
                UnderLoad load = UnderLoad.begin(fleet, 1, Map.of(), _ -> clock.settings())) {
            load.through("workers eight minutes ahead", STALL, () -> load.allLiveFor(HALF_A_MINUTE));
            load.end();
        }
    }

    @Test
    @Tag("case-110")
    void a_workflow_whose_clock_is_set_back_by_an_hour_ends_and_started_again_it_loses_and_doubles_nothing() {
        var clock = new SetClock(directory, "clock");
        try (Fleet fleet = new Fleet(directory, Map.of());
                UnderLoad load = UnderLoad.begin(fleet, 1, with(clock, LONG_RUNS), _ -> Map.of())) {
            load.through("the workflow's clock is set back by an hour", STALL, () -> {
                clock.set(HOUR.negated());
                assertEndsForItsClock(load.workflow());
                load.workflow().restart();
                load.workflow().awaitReady();
            });
            load.end();
        }
    }

    /// One deadline has come by the clock that is ahead, the other has not.
    @Test
    @Tag("case-110")
    void a_workflow_set_ahead_lets_those_deadlines_pass_that_its_clock_says_and_set_back_none_passes_again() {
        var clock = new SetClock(directory, "clock");
        try (Fleet fleet = new Fleet(directory, Map.of());
                UnderLoad load = UnderLoad.begin(fleet, 1, with(clock, LONG_RUNS), _ -> Map.of())) {
            fleet.cloud().fault("""
                    {"name": "held", "operation": "resource-controller.create_instance", "body_contains": "held-",
                     "fault": {"type": "provisioning", "ms": %d}}""".formatted(PROVISIONING_MS));
            Instant now = Instant.now();
            String overdue = load.ask(
                    "held-due", Map.of("deadline", now.plus(Duration.ofMinutes(30))), RunState.FAILED);
            String inTime = load.ask(
                    "held-intime", Map.of("deadline", now.plus(Duration.ofHours(2))), RunState.COMPLETED);
            load.awaitStatus(overdue);
            load.awaitStatus(inTime);
            load.through("the workflow's clock is set ahead by 50 minutes, and back", STALL, () -> {
                clock.set(NEARLY_AN_HOUR);
                await("the deadline").atMost(ENDS_WITHIN).until(() -> isUndone(load.awaitStatus(overdue)));
                clock.set(Duration.ZERO);
                assertEndsForItsClock(load.workflow());
                load.workflow().restart();
                load.workflow().awaitReady();
            });
            assertThat(load.awaitStatus(overdue).getLastRun().getFault().getCode())
                    .isEqualTo(FaultCode.DEADLINE_EXCEEDED);
            // It compares when the workflow has ordered something with when the cloud has done it, each by its own clock.
            load.end(Set.of(Invariant.NO_EFFECT_WITHOUT_COMMAND));
        }
    }

    private static boolean isUndone(ClusterEncryptionStatus status) {
        return status.getLastRun().getState() != RunState.IN_PROGRESS;
    }

    private static void assertEndsForItsClock(Part service) {
        assertThat(service.awaitEnd(ENDS_WITHIN)).as("exit code").isEqualTo(CLOCK_SET_BACK);
        assertThat(service.log()).content(StandardCharsets.UTF_8).contains("keyfold: the clock was set back by ");
    }
}
