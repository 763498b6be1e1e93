package io.keyfold.workers.ibmcloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workers.step.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResourceGroupIdsTest {
    private final Map<String, String> groups = new HashMap<>(Map.of("Default", "group-1"));
    private final List<String> lookedUp = new ArrayList<>();
    private final FakeTime time = new FakeTime();
    private final ResourceGroupIds ids = new ResourceGroupIds(name -> {
        lookedUp.add(name);
        return Optional.ofNullable(groups.get(name));
    }, time);

    @Test
    void an_id_is_looked_up_once_a_minute() {
        assertThat(ids.of("Default")).contains("group-1");
        time.pass(Duration.ofSeconds(59));
        assertThat(ids.of("Default")).contains("group-1");
        assertThat(lookedUp).hasSize(1);

        groups.put("Default", "group-2");
        time.pass(Duration.ofSeconds(1));
        assertThat(ids.of("Default")).contains("group-2");
    }

    @Test
    void that_a_group_is_not_there_is_not_remembered() {
        assertThat(ids.of("Later")).isEmpty();
        groups.put("Later", "group-3");

        assertThat(ids.of("Later")).contains("group-3");
    }

    @Test
    void an_id_that_a_create_was_refused_with_is_looked_up_anew() {
        assertThat(ids.of("Default")).contains("group-1");
        groups.put("Default", "group-2");

        ids.doubt("group-1");

        assertThat(ids.of("Default")).contains("group-2");
    }
}
