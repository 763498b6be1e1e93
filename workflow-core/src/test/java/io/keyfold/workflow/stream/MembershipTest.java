package io.keyfold.workflow.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MembershipTest {
    @TempDir
    private Path directory;

    @Test
    void it_is_the_same_as_long_as_the_state_directory_is() {
        Optional<String> first = Membership.instanceId(Map.of(), directory.resolve("state"));

        assertThat(first).isPresent();
        assertThat(Membership.instanceId(Map.of(), directory.resolve("state"))).isEqualTo(first);
        assertThat(Membership.instanceId(Map.of(), directory.resolve("another"))).isPresent().isNotEqualTo(first);
    }

    @Test
    void one_that_cannot_be_read_is_made_anew() throws Exception {
        Path file = Files.writeString(directory.resolve("group-instance-id"), "broken off");

        Optional<String> anew = Membership.instanceId(Map.of(), directory);

        assertThat(anew).hasValue(Files.readString(file).strip()).isNotEqualTo(Optional.of("broken off"));
    }

    @Test
    void one_that_is_given_is_taken() {
        assertThat(Membership.instanceId(Map.of("group.instance.id", "pod-0"), directory)).hasValue("pod-0");
        assertThat(Membership.instanceId(Map.of("consumer.group.instance.id", "pod-1"), directory)).hasValue("pod-1");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void there_is_none_with_the_group_protocol_that_knows_none() {
        assertThat(Membership.instanceId(Map.of("group.protocol", "streams"), directory)).isEmpty();
    }

    @Test
    void a_directory_that_cannot_be_written_is_named() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> Membership.instanceId(Map.of(), file)).isInstanceOf(WorkflowStartException.class)
                .hasMessageContaining(file.toString()).hasMessageContaining("state.dir");
    }
}
