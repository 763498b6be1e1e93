package io.keyfold.gateway.topic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OffsetListTest {
    @Test
    void gives_back_what_was_added() {
        var offsets = new OffsetList(2);
        long[] added = {0, 1, 128, 129, 100_000, 1L << 50};

        for (var offset : added) {
            offsets.add(offset);
        }

        assertThat(offsets.toArray()).isEqualTo(added);
        assertThat(offsets.size()).isEqualTo(added.length);
        assertThat(offsets.partition()).isEqualTo(2);
    }

    @Test
    void takes_nothing_twice() {
        var offsets = new OffsetList(0);
        offsets.add(7);
        offsets.add(7);
        offsets.add(3);

        assertThat(offsets.toArray()).containsExactly(7);
    }
}
