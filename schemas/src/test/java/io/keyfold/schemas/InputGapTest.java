package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("case-79")
@DisplayNameGeneration(ReplaceUnderscores.class)
class InputGapTest {
    private static final TopicPartition REQUESTS = new TopicPartition("cluster-deploy-requested", 3);
    private static final TopicPartition COMMANDS = new TopicPartition("root-key-commands", 0);

    @Test
    void only_what_was_deleted_before_it_was_read_is_a_gap() {
        var next = Map.of(REQUESTS, 10L, COMMANDS, 50L, new TopicPartition("root-key-events", 1), 7L);
        var first = Map.of(REQUESTS, 50L, COMMANDS, 50L, new TopicPartition("root-key-events", 2), 9L);

        assertThat(InputGap.between(next, first)).containsExactly(new InputGap(REQUESTS, 10, 50));
    }

    @Test
    void it_says_what_is_gone_what_that_means_and_what_to_do() {
        var gap = new InputGap(REQUESTS, 10, 50);

        assertThat(gap.words()).isEqualTo(
                "cluster-deploy-requested-3: up to 40 records (offsets 10 to 49) were deleted, by retention or by hand,"
                        + " before they were read. Requests among them have had no effect and get no status");
        assertThat(gap.remedy()).contains("send again what keyfold status does not know",
                "retention.ms of cluster-deploy-");
    }

    @Test
    void of_every_input_it_says_what_is_lost_with_it() {
        assertThat(new InputGap(COMMANDS, 0, 1).words()).contains("Nobody carries out the commands");
        assertThat(new InputGap(new TopicPartition("root-key-events", 0), 0, 1).words()).contains("may be on no list");
        assertThat(new InputGap(new TopicPartition("keyfold-ledger-requests", 0), 0, 1).words()).contains("Holds and");
        assertThat(new InputGap(new TopicPartition("keyfold-misplaced-requests", 0), 0, 1).words())
                .contains("no status");
    }
}
