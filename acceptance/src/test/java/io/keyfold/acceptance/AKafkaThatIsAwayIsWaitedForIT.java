package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// A Kafka that is not there for a while (`-Dkeyfold.away.seconds=N`): every service waits, none gives up, and when it is back
/// all goes on by itself.
@DisplayNameGeneration(ReplaceUnderscores.class)
@EnabledIfSystemProperty(named = "keyfold.thorough", matches = "true", disabledReason = "mvn verify -Pthorough")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class AKafkaThatIsAwayIsWaitedForIT {
    /// Longer than a transaction lives (10 s), a session (6 s), and a worker tries to send an answer at a time (30 s).
    private static final Duration AWAY = Duration.ofSeconds(Long.getLong("keyfold.away.seconds", 60));

    /// What stood still while Kafka was away has this long to go on.
    private static final Duration STALL = AWAY.plusSeconds(120);

    @Test
    @Tag("case-75")
    void the_only_broker_is_killed_and_comes_back_and_nothing_is_lost() {
        Path directory = UnderLoad.directory("only-broker");
        try (Fleet fleet = new Fleet(directory, Map.of()); UnderLoad load = UnderLoad.begin(fleet, 1)) {
            int before = load.acknowledged();
            load.through("the only broker is killed", STALL, () -> {
                fleet.broker().kill();
                System.out.println("killed");
                load.allLiveFor(AWAY);
                fleet.broker().restart();
                fleet.broker().awaitReady();
                System.out.println("back");
            });
            assertThat(load.acknowledged()).as("requests that Kafka has taken").isGreaterThan(before);
            load.end();
        }
    }
}
