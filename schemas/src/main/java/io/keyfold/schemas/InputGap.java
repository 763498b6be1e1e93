package io.keyfold.schemas;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/// Records that are gone before the group that was to read them has: retention was shorter than its absence, or somebody
/// deleted them. Kafka's own clients pass over such a gap without a word.
///
/// @param next  the offset that the group would have read next
/// @param first the lowest offset that is still there
public record InputGap(TopicPartition partition, long next, long first) {
    /// Where something is gone, in the order of topics and partitions.
    ///
    /// @param next  up to where the group has read; a partition that it never read has none
    /// @param first the lowest offset of each partition
    public static List<InputGap> between(Map<TopicPartition, Long> next, Map<TopicPartition, Long> first) {
        List<InputGap> gaps = new ArrayList<>();
        next.forEach((partition, offset) -> {
            long there = first.getOrDefault(partition, offset);
            if (offset < there) {
                gaps.add(new InputGap(partition, offset, there));
            }
        });
        gaps.sort(
                Comparator.comparing((InputGap gap) -> gap.partition().topic())
                        .thenComparingInt(gap -> gap.partition().partition()));
        return List.copyOf(gaps);
    }

    /// What is gone, where, and what that means. Kafka's own marks count as records: how many there were nobody can say
    /// any more.
    public String words() {
        return partition + ": up to " + (first - next) + " records (offsets " + next + " to " + (first - 1)
                + ") were deleted, by retention or by hand, before they were read. " + meaning();
    }

    private String meaning() {
        if (isIn(Topics.REQUESTS) || partition.topic().equals(Topics.MISPLACED_REQUESTS.name())) {
            return "Requests among them have had no effect and get no status";
        }
        if (isIn(Topics.COMMANDS)) {
            return "Nobody carries out the commands among them: runs that wait for their answers end at their deadline";
        }
        if (isIn(Topics.ANSWERS)) {
            return "What the workers answered there is not known: runs that wait for it end at their deadline, and what was"
                    + " made may be on no list";
        }
        return "Holds and releases of shared instances among them are not known";
    }

    /// What to do next.
    public String remedy() {
        String keepLonger = ". For the time to come, raise retention.ms of " + partition.topic();
        if (isIn(Topics.REQUESTS) || partition.topic().equals(Topics.MISPLACED_REQUESTS.name())) {
            return "Let their senders send again what keyfold status does not know; the same request_id does no harm"
                    + keepLonger;
        }
        return "Look what it has left behind: keyfold audit, then keyfold sweep; runs that have failed: keyfold retry"
                + keepLonger;
    }

    private boolean isIn(List<? extends Topic<?>> topics) {
        return topics.stream().anyMatch(topic -> topic.name().equals(partition.topic()));
    }
}
