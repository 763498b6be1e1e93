package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.LocalSite.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the workflow makes on a real broker of what lies in its state directory, or of what others have there.
class WorkflowStateIT extends OnALocalSite {
    @Test
    @Tag("case-70")
    void a_second_one_with_the_same_state_directory_does_not_start() throws Exception {
        site.createTopics();
        try (Workflow workflow = site.started()) {
            assertThatThrownBy(() -> Workflow.start(site.settings(Map.of())))
                    .isInstanceOf(WorkflowStartException.class)
                    .hasMessageContaining("state.dir");
            assertThat(workflow.isHealthy()).isTrue();
        }
    }

    /// Both know themselves by what lies on it: in their group and in their transactions.
    @Test
    @Tag("case-70")
    void two_on_copies_of_one_state_directory_work_side_by_side(@TempDir Path directory) throws Exception {
        site.createTopics();
        Path original = directory.resolve("original");
        Path copy = directory.resolve("copy");
        Workflow.start(onOneThread(original)).close();
        copy(original, copy);
        try (Workflow one = Workflow.start(onOneThread(original))) {
            assertThat(one.awaitReady(PATIENCE)).isTrue();
            try (Workflow other = Workflow.start(onOneThread(copy))) {
                for (int number = 1; number <= 3; number++) {
                    String cluster = "hpc-" + number;
                    site.send("r-1", cluster);
                    await().atMost(PATIENCE).untilAsserted(
                            () -> assertThat(site.statuses())
                                    .anyMatch(status -> status.getClusterPrefix().equals(cluster)));
                }
                await().atMost(PATIENCE).until(() -> site.members().size() == 2);
                assertThat(one.isHealthy()).isTrue();
                assertThat(other.isHealthy()).isTrue();
            }
        }
    }

    private Map<String, String> onOneThread(Path stateDirectory) {
        return site.settings(Map.of("state.dir", stateDirectory.toString(), "num.stream.threads", "1"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each)));
            }
        }
    }

    @Test
    @Tag("case-89")
    void state_of_another_kafka_cluster_is_not_taken_for_this_ones(@TempDir Path directory) throws Exception {
        site.createTopics();
        Map<String, String> settings = site.settings(Map.of("state.dir", directory.toString()));
        try (Workflow _ = Workflow.start(settings)) {
            site.send("r-1", "hpc-1");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).isNotEmpty());
        }
        Path own = directory.resolve(site.admin().describeCluster().clusterId().get());
        Path anothers = Files.move(own, directory.resolve("of-another-cluster"));
        Map<Path, FileTime> before = files(anothers);
        assertThat(before).isNotEmpty();

        try (Workflow _ = Workflow.start(settings)) {
            site.send("r-2", "hpc-2");
            await().atMost(PATIENCE).untilAsserted(
                    () -> assertThat(site.statuses()).anyMatch(status -> status.getClusterPrefix().equals("hpc-2")));
        }
        assertThat(own).isNotEmptyDirectory();
        assertThat(files(anothers)).isEqualTo(before);
    }

    private static Map<Path, FileTime> files(Path directory) throws IOException {
        Map<Path, FileTime> files = new HashMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(file, Files.getLastModifiedTime(file));
            }
        }
        return files;
    }

    @Test
    @Tag("case-69")
    void who_is_alone_keeps_its_place_for_its_next_start_and_who_is_not_leaves_it_to_the_others(
            @TempDir Path directory) throws Exception {
        site.createTopics();
        site.started().close();
        Set<String> kept = site.members();
        assertThat(kept).isNotEmpty();

        try (Workflow _ = site.started()) {
            assertThat(site.members()).isEqualTo(kept);
            try (Workflow other = Workflow.start(site.settings(Map.of("state.dir", directory.toString())))) {
                await().atMost(PATIENCE).until(() -> site.members().size() > kept.size());
                assertThat(other.isHealthy()).isTrue();
            }
            assertThat(site.members()).isEqualTo(kept);
        }
    }

    @Test
    @Tag("case-66")
    void a_state_directory_that_cannot_be_written_is_named_at_the_start(@TempDir Path directory) throws Exception {
        site.createTopics();
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> Workflow.start(site.settings(Map.of("state.dir", file.toString()))))
                .isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("state.dir");
    }

    @Test
    @Tag("case-67")
    void a_store_whose_files_are_corrupted_is_restored_from_its_changelog() throws Exception {
        site.createTopics();
        try (Workflow _ = site.started()) {
            site.send("r-1", "hpc-1");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.statuses()).isNotEmpty());
        }
        int before = site.statuses().size();
        assertThat(site.corrupt("sagas")).as("corrupted files").isPositive();

        try (Workflow workflow = site.started()) {
            site.send("r-1", "hpc-1"); // is known, and so has no effect
            site.send("r-2", "hpc-2");
            await().atMost(PATIENCE).untilAsserted(
                    () -> assertThat(site.statuses()).anyMatch(status -> status.getClusterPrefix().equals("hpc-2")));
            assertThat(site.statuses().stream().filter(status -> status.getClusterPrefix().equals("hpc-1")))
                    .hasSize(before);
            assertThat(workflow.isHealthy()).isTrue();
        }
    }
}
