package io.keyfold.workers.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ContiguousOffsetsTest {

    /// With a gap, where Kafka has put a mark of a transaction.
    private static final List<Long> TAKEN = List.of(10L, 11L, 13L, 14L, 17L, 18L, 19L);
    private static final long POSITION = 21;

    @Test
    void in_every_order_of_finishing_what_is_committed_is_done_and_nothing_more_can_be() {
        int orders = forEachOrder(TAKEN, order -> {
            ContiguousOffsets offsets = new ContiguousOffsets(10);
            TAKEN.forEach(offsets::taken);
            offsets.movedTo(POSITION);
            TreeSet<Long> open = new TreeSet<>(TAKEN);
            for (long done : order) {
                offsets.done(done);
                open.remove(done);

                assertThat(offsets.committable())
                        .as("finished in the order %s, up to %s", order, done)
                        .isEqualTo(open.isEmpty() ? POSITION : open.first());
            }
        });
        assertThat(orders).isEqualTo(5040);
    }

    @Test
    void taking_and_finishing_may_alternate_in_every_way() {
        // Every word of seven T (take the next) and D (finish the oldest or the newest open one).
        for (int word = 0; word < 1 << 14; word++) {
            ContiguousOffsets offsets = new ContiguousOffsets(0);
            TreeSet<Long> open = new TreeSet<>();
            long next = 0;
            for (int letter = 0; letter < 7; letter++) {
                boolean take = (word >> letter & 1) == 0;
                boolean oldest = (word >> (7 + letter) & 1) == 0;
                if (take) {
                    offsets.taken(next);
                    open.add(next++);
                } else if (!open.isEmpty()) {
                    long done = oldest ? open.pollFirst() : open.pollLast();
                    offsets.done(done);
                }
                assertThat(offsets.committable()).isEqualTo(open.isEmpty() ? next : open.first());
            }
        }
    }

    @Test
    void nothing_taken_leaves_the_start_to_commit() {
        assertThat(new ContiguousOffsets(42).committable()).isEqualTo(42);
    }

    @Test
    void marks_behind_the_last_record_are_passed_too() {
        ContiguousOffsets offsets = new ContiguousOffsets(0);
        offsets.taken(0);
        offsets.done(0);
        offsets.movedTo(2);

        assertThat(offsets.committable()).isEqualTo(2);
    }

    @Test
    void no_offset_is_taken_twice() {
        ContiguousOffsets offsets = new ContiguousOffsets(0);
        offsets.taken(5);

        assertThatThrownBy(() -> offsets.taken(5)).hasMessage("offset 5 was taken although 6 is next");
    }

    @Test
    void nothing_is_done_that_was_not_open() {
        ContiguousOffsets offsets = new ContiguousOffsets(0);
        offsets.taken(5);
        offsets.done(5);

        assertThatThrownBy(() -> offsets.done(5)).hasMessage("offset 5 is done, but it was not open");
        assertThatThrownBy(() -> offsets.done(6)).hasMessage("offset 6 is done, but it was not open");
    }

    private static int forEachOrder(List<Long> rest, Consumer<List<Long>> check) {
        return forEachOrder(List.of(), rest, check);
    }

    private static int forEachOrder(List<Long> begun, List<Long> rest, Consumer<List<Long>> check) {
        if (rest.isEmpty()) {
            check.accept(begun);
            return 1;
        }
        int orders = 0;
        for (Long next : rest) {
            List<Long> longer = new ArrayList<>(begun);
            longer.add(next);
            List<Long> left = new ArrayList<>(rest);
            left.remove(next);
            orders += forEachOrder(longer, left, check);
        }
        return orders;
    }
}
