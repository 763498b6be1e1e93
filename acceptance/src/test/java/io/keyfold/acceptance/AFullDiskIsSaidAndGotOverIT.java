package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

/// The disk on which the workflow has its state fills up under load. What lies there is a copy of what Kafka has.
@DisplayNameGeneration(ReplaceUnderscores.class)
@EnabledIfSystemProperty(named = "keyfold.thorough", matches = "true", disabledReason = "mvn verify -Pthorough")
@Timeout(value = 1, unit = TimeUnit.HOURS)
class AFullDiskIsSaidAndGotOverIT {
    private static final Duration STALL = Duration.ofMinutes(3);
    private static final Duration ENDS_WITHIN = Duration.ofMinutes(2);
    private static final int MEGABYTES = 64;

    /// More than RocksDB keeps of one partition in memory, at some 3 kB each.
    private static final int FLOOD = 4_000;

    @Test
    @Tag("case-66")
    void a_workflow_whose_disk_is_full_ends_saying_so_and_with_room_it_goes_on_where_it_was() throws IOException {
        assumeTrue(SmallDisk.isPossible(), "needs unshare and nsenter (util-linux) and leave to make user namespaces");
        Path directory = UnderLoad.directory("full-disk");
        try (SmallDisk disk = new SmallDisk(Files.createDirectories(directory.resolve("disk")), MEGABYTES);
                Fleet fleet = new Fleet(directory, Map.of())) {
            fleet.keepStatesOn(disk);
            try (UnderLoad load = UnderLoad.begin(fleet, 1)) {
                load.through("a full disk", STALL, () -> {
                    disk.fill();
                    flood(fleet);
                    assertEndsForWantOfRoom(load.workflow(), 1);
                    disk.fill(); // it has left a little behind
                    load.workflow().restart();
                    assertEndsForWantOfRoom(load.workflow(), 2);
                    disk.makeRoom();
                    load.workflow().restart();
                    load.workflow().awaitReady();
                });
                load.end();
            }
        }
    }

    private static void assertEndsForWantOfRoom(Part workflow, int times) {
        assertThat(workflow.awaitEnd(ENDS_WITHIN)).isNotZero();
        assertThat(workflow.linesWith("keyfold: ")).isEqualTo(times);
        assertThat(workflow.log()).content(StandardCharsets.UTF_8)
                .containsPattern("(?s)(keyfold: [^\\n]*takes no more \\(No space left on device\\).*){" + times + "}");
    }

    /// So much is decided about one cluster that RocksDB has to write some of it down.
    private static void flood(Fleet fleet) {
        try (var orchestrator = new PatientOrchestrator(fleet.bootstrapServers(), fleet.registryUrl())) {
            for (int number = 0; number < FLOOD; number++) {
                orchestrator.deploy(
                        "flooded", Map.of(
                                "request_id", "r-" + "x".repeat(100) + number, "kms_key_name", "a-key-of-no-instance"));
            }
        }
    }
}
