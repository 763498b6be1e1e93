package io.keyfold.gateway;

import static io.keyfold.gateway.GatewaySite.json;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import java.util.Map;

class ClustersAreFoundIT {
    private static GatewaySite site;
    private static Gateway gateway;

    @BeforeAll
    static void start() throws Exception {
        site = new GatewaySite();
        for (var number = 0; number < 30; number++) {
            site.publish(Statuses.completed("hpc-" + number).build());
        }
        site.publish(Statuses.failed("hpc-bad").build());
        site.flush();
        gateway = site.gateway(Map.of());
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    @Test
    void the_fleet_is_counted() throws Exception {
        var counts = json(site.get(gateway, "/api/v1/fleet"));

        assertThat(counts.get("clusters").asInt()).isEqualTo(31);
        assertThat(counts.get("standing").get("CUSTOMER_MANAGED").asInt()).isEqualTo(30);
        assertThat(counts.get("run_state").get("FAILED").asInt()).isEqualTo(1);
        assertThat(counts.get("need_person").asInt()).isEqualTo(1);
    }
}
