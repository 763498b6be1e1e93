package io.keyfold.gateway;

import static io.keyfold.gateway.GatewaySite.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ClustersAreFoundIT {
    private static final GatewaySite SITE = GatewaySite.shared();
    private static Gateway gateway;

    @BeforeAll
    static void start() throws Exception {
        for (var number = 0; number < 30; number++) {
            SITE.publish(Statuses.completed("found-" + number).setAccount("found").build());
        }
        SITE.publish(Statuses.failed("found-bad").setAccount("found").build());
        SITE.publish(Statuses.completed("found-gone").setAccount("found").build());
        SITE.forget("default/found-gone");
        SITE.spoil("default/found-spoilt");
        for (var sequence = 1; sequence <= 25; sequence++) {
            SITE.publish(Statuses.audit("found-1", sequence));
            SITE.publish(Statuses.audit("found-2", sequence));
        }
        SITE.flush();
        gateway = SITE.gateway(Map.of());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void the_fleet_is_counted_as_the_list_is() throws Exception {
        var fleet = json(SITE.get(gateway, "/api/v1/fleet"));
        var list = json(SITE.get(gateway, "/api/v1/clusters?limit=1"));
        var ours = json(SITE.get(gateway, "/api/v1/clusters?account=found&limit=1"));

        assertThat(list.get("counts")).isEqualTo(fleet);
        assertThat(ours.get("matched").asInt()).isEqualTo(31);
        assertThat(ours.at("/counts/standing/CUSTOMER_MANAGED").asInt()).isEqualTo(30);
        assertThat(ours.at("/counts/run_state/FAILED").asInt()).isEqualTo(1);
        assertThat(ours.at("/counts/need_person").asInt()).isEqualTo(1);
    }

    @Test
    void pages_lead_through_all_that_match() throws Exception {
        var ids = new ArrayList<String>();
        var cursor = "";
        do {
            var page = json(
                    SITE.get(
                            gateway,
                            "/api/v1/clusters?account=found&run_state=COMPLETED&sort=-updated_at&limit=7" + cursor));
            page.get("clusters").forEach(cluster -> ids.add(cluster.get("cluster_id").asText()));
            cursor = page.get("next_cursor").isNull() ? "" : "&cursor=" + page.get("next_cursor").asText();
        } while (!cursor.isEmpty());

        assertThat(ids).hasSize(30).doesNotHaveDuplicates().allMatch(id -> id.startsWith("default/found-"));
    }

    @Test
    void a_summary_speaks_as_the_status_does() throws Exception {
        var bad = json(SITE.get(gateway, "/api/v1/clusters?q=FOUND-bad")).at("/clusters/0");

        assertThat(bad.get("standing").asText()).isEqualTo("NONE");
        assertThat(bad.at("/last_run/state").asText()).isEqualTo("FAILED");
        assertThat(bad.at("/last_run/remedy").asText()).contains("keyfold retry");
        assertThat(bad.get("failed_steps")).extracting(JsonNode::asText).containsExactly("ROOT_KEY");
        assertThat(bad.get("needs_person").asBoolean()).isTrue();
    }

    @Test
    void one_cluster_is_told_whole_and_not_again_while_it_stays_the_same() throws Exception {
        var path = "/api/v1/clusters/default/found-3";
        var first = SITE.get(gateway, path);
        var tag = first.headers().firstValue("etag").orElseThrow();
        var again = SITE.get(gateway, path, "If-None-Match", "W/" + tag);
        SITE.publish(Statuses.completed("found-3").setAccount("found").setRevision(2).build());

        assertThat(tag).isEqualTo("\"1\"");
        assertThat(json(first).at("/resources/0/crn").asText()).contains("instance-of-found-3");
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        Awaitility.await().untilAsserted(
                () -> assertThat(SITE.get(gateway, path, "If-None-Match", tag).headers().firstValue("etag"))
                        .contains("\"2\""));
    }

    @Test
    void history_is_told_in_pages_from_either_end() throws Exception {
        var path = "/api/v1/clusters/default/found-1/history";
        Awaitility.await().until(() -> json(SITE.get(gateway, path + "?limit=1")).get("complete").asBoolean());

        assertThat(sequences(path + "?limit=10")).hasSize(25).isSorted();
        assertThat(sequences(path + "?limit=10&order=desc")).hasSize(25).first().isEqualTo(25L);
        assertThat(json(SITE.get(gateway, path)).get("records").size()).isEqualTo(25);
    }

    private static ArrayList<Long> sequences(String path) throws Exception {
        var sequences = new ArrayList<Long>();
        var cursor = "";
        do {
            var page = json(SITE.get(gateway, path + cursor));
            page.get("records").forEach(record -> sequences.add(record.get("sequence").asLong()));
            cursor = page.get("next_cursor").isNull() ? "" : "&cursor=" + page.get("next_cursor").asText();
        } while (!cursor.isEmpty());
        return sequences;
    }

    @Test
    void what_is_not_there_is_told_with_what_to_do() throws Exception {
        for (var prefix : new String[]{"found-gone", "found-spoilt", "never"}) {
            var answer = SITE.get(gateway, "/api/v1/clusters/default/" + prefix);

            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
            assertThat(json(answer).get("cluster_id").asText()).isEqualTo("default/" + prefix);
            assertThat(json(answer).get("next").asText()).isNotEmpty();
        }
        assertThat(SITE.get(gateway, "/api/v1/clusters/default/never/history").statusCode()).isEqualTo(404);
        assertThat(json(SITE.get(gateway, "/readyz")).get("unreadable_statuses").asInt()).isGreaterThan(0);
    }

    @Test
    void all_that_is_wrong_with_a_query_is_told_at_once() throws Exception {
        var answer = SITE.get(
                gateway,
                "/api/v1/clusters?standng=NONE&run_state=DONE&limit=0&sort=colour&cursor=x&needs_person=maybe");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("violations")).extracting(broken -> broken.get("input").asText())
                .containsExactlyInAnyOrder("standng", "run_state", "limit", "sort", "cursor", "needs_person");
        assertThat(json(answer).get("detail").asText()).contains("did you mean standing?");
    }

    @Test
    @Tag("case-119")
    void a_path_or_method_that_is_not_served_says_what_is() throws Exception {
        assertThat(SITE.get(gateway, "/api/v2/clusters").statusCode()).isEqualTo(404);
        var other = SITE.send(SITE.request(gateway, "/api/v1/clusters").DELETE());

        assertThat(other.statusCode()).isEqualTo(405);
        assertThat(other.headers().firstValue("allow")).contains("GET, POST");
        for (var path : new String[]{"/../openapi.json", "/%2e%2e/openapi.json", "/.hidden", "/page/../x.json"}) {
            assertThat(SITE.get(gateway, path).statusCode()).as(path).isGreaterThanOrEqualTo(400);
        }
    }

    @Test
    @Tag("case-116")
    void page_and_description_are_served_and_every_answer_has_its_security_headers() throws Exception {
        for (var path : new String[]{"/", "/openapi.json", "/livez", "/api/v1/fleet", "/nothing"}) {
            var answer = SITE.get(gateway, path);

            assertThat(answer.headers().firstValue("content-security-policy")).as(path).isPresent();
            assertThat(answer.headers().firstValue("x-content-type-options")).as(path).contains("nosniff");
            assertThat(answer.headers().firstValue("access-control-allow-origin")).as(path).isEmpty();
        }
        var page = SITE.get(gateway, "/");
        assertThat(page.body()).contains("Keyfold");
        assertThat(
                SITE.get(gateway, "/", "If-None-Match", page.headers().firstValue("etag").orElseThrow()).statusCode())
                .isEqualTo(304);
    }
}
