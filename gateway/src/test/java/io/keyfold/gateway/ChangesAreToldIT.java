package io.keyfold.gateway;

import static io.keyfold.gateway.GatewaySite.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.contract.Standing;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangesAreToldIT {
    private static final GatewaySite SITE = GatewaySite.shared();
    private Gateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = SITE.gateway(Map.of());
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void a_change_comes_with_the_clusters_summary_and_the_new_counts() throws Exception {
        try (var events = SITE.events(gateway)) {
            var before = events.next("fleet", _ -> true).data();
            SITE.publish(Statuses.completed("told-1").build());

            var change = events.next("clusters", names("default/told-1"));
            var counts = events.next("fleet", data -> !data.equals(before)).data();

            assertThat(change.data().at("/clusters/0/standing").asText()).isEqualTo("CUSTOMER_MANAGED");
            assertThat(counts.get("clusters").asInt()).isEqualTo(before.get("clusters").asInt() + 1);
        }
    }

    @Test
    void a_follower_goes_on_at_another_gateway_where_it_left_off() throws Exception {
        SITE.publish(Statuses.completed("told-2").build());
        SITE.publish(Statuses.completed("told-3").build());
        String last;
        try (var events = SITE.events(gateway)) {
            SITE.publish(Statuses.completed("told-mark").build());
            last = events.next("clusters", names("default/told-mark")).id();
        }
        SITE.publish(Statuses.completed("told-2").setRevision(2).setStanding(Standing.DRIFTED).build());
        SITE.forget("default/told-3");

        var another = SITE.gateway(Map.of());
        try (var events = SITE.events(another, "Last-Event-ID", last)) {
            var changes = events.next("clusters", names("default/told-2")).data();

            assertThat(changes.at("/clusters")).hasSize(1);
            assertThat(changes.at("/clusters/0/standing").asText()).isEqualTo("DRIFTED");
            assertThat(changes.at("/gone/0").asText()).isEqualTo("default/told-3");
        } finally {
            another.close();
        }
    }

    @Test
    void who_comes_with_an_id_that_says_nothing_begins_anew() throws Exception {
        try (var events = SITE.events(gateway, "Last-Event-ID", "0")) {
            events.next("reset", _ -> true);
            events.next("fleet", _ -> true);
        }
    }

    @Test
    void no_more_may_follow_than_were_allowed() throws Exception {
        var narrow = SITE.gateway(Map.of("gateway.max.event.streams", "1"));
        try (var events = SITE.events(narrow)) {
            events.next("fleet", _ -> true);
            var refused = SITE.get(narrow, "/api/v1/events");

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(json(refused).get("code").asText()).isEqualTo("TOO_MANY_STREAMS");
        } finally {
            narrow.close();
        }
    }

    private static Predicate<JsonNode> names(String cluster) {
        return data -> data.get("clusters").findValuesAsText("cluster_id").contains(cluster);
    }
}
