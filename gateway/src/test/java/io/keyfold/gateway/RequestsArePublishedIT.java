package io.keyfold.gateway;

import static io.keyfold.gateway.GatewaySite.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ControlAction;
import io.keyfold.schemas.Topics;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RequestsArePublishedIT {
    private static final GatewaySite SITE = GatewaySite.shared();
    private static Gateway gateway;

    @BeforeAll
    static void start() throws Exception {
        SITE.publish(Statuses.completed("asked-1").build());
        SITE.publish(
                ClusterEncryptionAudit.newBuilder(Statuses.audit("asked-1", 1)).setRequestId("an-earlier-one")
                        .setEvent(AuditEvent.REQUEST_ACCEPTED).build());
        SITE.flush();
        gateway = SITE.gateway(Map.of());
        Awaitility.await().until(() -> json(SITE.get(gateway, "/readyz")).get("history_complete").asBoolean());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void a_deploy_is_published_and_the_same_again_gets_the_same_answer() throws Exception {
        var body = """
                {"request_id": "order-1", "cluster_prefix": "asked-new", "zone": "eu-de-1", "key_management": null}""";

        var first = SITE.post(gateway, "/api/v1/clusters", body);
        var again = SITE.post(gateway, "/api/v1/clusters", body);

        assertThat(first.statusCode()).isEqualTo(202);
        assertThat(first.headers().firstValue("location")).contains("/api/v1/clusters/default/asked-new");
        assertThat(json(first).get("request_id").asText()).isEqualTo("order-1");
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(deploys("order-1")).hasSize(2).allSatisfy(deploy -> {
            assertThat(deploy.getZone()).isEqualTo("eu-de-1");
            assertThat(deploy.getKeyManagement()).isNull();
            assertThat(deploy.getRequestedBy()).isEqualTo("local");
            assertThat(deploy.getRequestedAt().toEpochMilli()).isPositive();
        });
    }

    @Test
    void what_breaks_the_rules_is_told_at_once_and_not_published() throws Exception {
        var answer = SITE.post(
                gateway,
                "/api/v1/clusters",
                "{\"request_id\": \"order-2\", \"cluster_prefix\": \"Bad_One\", \"kms_key_name\": \"k\"}");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(json(answer).get("violations")).extracting(broken -> broken.get("input").asText())
                .contains("cluster_prefix", "kms_key_name", "region");
        assertThat(deploys("order-2")).isEmpty();
    }

    @Test
    @Tag("case-119")
    void what_cannot_be_read_is_told_with_the_nearest_name() throws Exception {
        var misspelt = SITE.post(gateway, "/api/v1/clusters", "{\"cluster_prefx\": \"a\", \"separate_keys\": \"yes\"}");

        assertThat(misspelt.statusCode()).isEqualTo(422);
        assertThat(json(misspelt).get("detail").asText()).contains("did you mean cluster_prefix?")
                .contains("separate_keys");
        for (var body : List.of("", "null", "[]", "{", "{\"a\":1,\"a\":2}", "{} {}")) {
            assertThat(SITE.post(gateway, "/api/v1/clusters", body).statusCode()).as(body).isIn(400, 422);
        }
        var form = SITE.send(
                SITE.request(gateway, "/api/v1/clusters").header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString("{}")));
        assertThat(form.statusCode()).isEqualTo(415);
        var endless = SITE.post(gateway, "/api/v1/clusters", "{\"external_id\": \"" + "x".repeat(70_000) + "\"}");
        assertThat(endless.statusCode()).isEqualTo(413);
    }

    @Test
    void a_control_is_about_the_clusters_latest_deploy_unless_another_is_named() throws Exception {
        var latest = SITE.post(
                gateway, "/api/v1/clusters/default/asked-1/verify",
                "{\"control_id\": \"look-1\", \"reason\": \"audit\"}");
        var named = SITE.post(
                gateway,
                "/api/v1/clusters/default/asked-unknown/cancel",
                "{\"control_id\": \"stop-1\", \"request_id\": \"to-come\"}");
        var nobodys = SITE.post(gateway, "/api/v1/clusters/default/asked-unknown/verify", "{}");

        assertThat(latest.statusCode()).isEqualTo(202);
        assertThat(json(latest).get("request_id").asText()).isEqualTo("request-of-asked-1");
        assertThat(named.statusCode()).isEqualTo(202);
        assertThat(nobodys.statusCode()).isEqualTo(404);
        assertThat(controls("look-1")).singleElement().satisfies(control -> {
            assertThat(control.getAction()).isEqualTo(ControlAction.VERIFY);
            assertThat(control.getReason()).isEqualTo("audit");
            assertThat(control.getRequestedBy()).isEqualTo("local");
        });
        assertThat(controls("stop-1")).extracting(ClusterControlRequested::getAction)
                .containsExactly(ControlAction.CANCEL);
    }

    @Test
    void a_deprovision_may_name_a_deploy_that_the_cluster_has_had_and_no_other() throws Exception {
        var path = "/api/v1/clusters/default/asked-1/deprovision";

        var unknown = SITE.post(gateway, path, "{\"request_id\": \"never\", \"control_id\": \"gone-1\"}");
        var earlier = SITE.post(gateway, path, "{\"request_id\": \"an-earlier-one\", \"approved_by\": \"bob\"}");

        assertThat(unknown.statusCode()).isEqualTo(409);
        assertThat(json(unknown).get("next").asText()).contains("request-of-asked-1");
        assertThat(controls("gone-1")).isEmpty();
        assertThat(earlier.statusCode()).isEqualTo(202);
    }

    @Test
    void a_field_that_an_action_does_not_have_is_refused() throws Exception {
        var answer = SITE.post(
                gateway, "/api/v1/clusters/default/asked-1/pause", "{\"approved_by\": \"bob\", \"raeson\": \"x\"}");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(json(answer).get("detail").asText()).contains("approved_by").contains("did you mean reason?");
    }

    @Test
    void an_import_takes_the_inputs_of_a_deploy_under_the_paths_name() throws Exception {
        var path = "/api/v1/clusters/default/asked-import/import";

        var taken = SITE.post(
                gateway,
                path,
                "{\"control_id\": \"take-1\", \"request_id\": \"from-terraform\", \"inputs\": {\"region\": \"eu-de\"}}");
        var broken = SITE.post(
                gateway, path, "{\"request_id\": \"x\", \"inputs\": {\"rotation_interval_months\": 3}}");

        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
        assertThat(broken.statusCode()).isEqualTo(422);
        assertThat(SITE.post(gateway, path, "{}").statusCode()).isEqualTo(422);
        assertThat(controls("take-1")).singleElement().satisfies(control -> {
            assertThat(control.getInputs().getClusterPrefix()).isEqualTo("asked-import");
            assertThat(control.getInputs().getRequestId()).isEqualTo("from-terraform");
        });
    }

    private static List<ClusterDeployRequested> deploys(String requestId) {
        return SITE.read(Topics.CLUSTER_DEPLOY_REQUESTED).stream()
                .filter(deploy -> deploy.getRequestId().equals(requestId)).toList();
    }

    private static List<ClusterControlRequested> controls(String controlId) {
        return SITE.read(Topics.CLUSTER_CONTROL_REQUESTED).stream()
                .filter(control -> control.getControlId().equals(controlId)).toList();
    }
}
