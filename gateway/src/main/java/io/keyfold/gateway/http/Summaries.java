package io.keyfold.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.gateway.access.Caller;
import io.keyfold.gateway.fleet.Cluster;
import io.keyfold.gateway.fleet.FleetCounts;
import io.keyfold.workflow.wire.AvroJson;
import java.util.List;
import java.util.Map;

/// A cluster as a row shows it: what its status says, in the status' own names, and no more than a row needs.
final class Summaries {
    private static final List<String> OF_STATUS = List.of(
            "cluster_id",
            "account",
            "cluster_prefix",
            "external_id",
            "revision",
            "standing",
            "standing_since",
            "region",
            "kms_region",
            "resource_group");
    private static final List<String> OF_RUN = List.of(
            "run",
            "request_id",
            "kind",
            "state",
            "requested_by",
            "started_at",
            "ended_at",
            "deadline",
            "message",
            "remedy");

    private Summaries() {}

    static ObjectNode of(Cluster cluster) {
        var status = AvroJson.of(cluster.status());
        var summary = JsonNodeFactory.instance.objectNode();
        OF_STATUS.forEach(name -> summary.set(name, status.get(name)));
        var run = status.get("last_run");
        if (run instanceof ObjectNode whole) {
            var last = summary.putObject("last_run");
            OF_RUN.forEach(name -> last.set(name, whole.get(name)));
            var fault = whole.get("fault");
            last.set("fault_code", fault == null || fault.isNull() ? fault : fault.get("code"));
        } else {
            summary.putNull("last_run");
        }
        var encryption = summary.putObject("encryption");
        cluster.encryption().forEach((service, standing) -> encryption.put(service.name(), standing.name()));
        var failed = summary.putArray("failed_steps");
        cluster.failedSteps().forEach(step -> failed.add(step.name()));
        summary.put("needs_person", cluster.needsPerson());
        summary.put("paused", cluster.isPaused());
        var verification = status.get("verification");
        summary.set(
                "verification_outcome",
                verification == null || verification.isNull() ? verification : verification.get("outcome"));
        summary.set("updated_at", status.get("updated_at"));
        return summary;
    }

    /// Who calls, to themselves: a page shows only what its reader may ask for.
    static ObjectNode of(Caller caller) {
        return JsonNodeFactory.instance.objectNode()
                .put("name", caller.name())
                .put("role", caller.role().word())
                .put("proven", caller.isProven());
    }

    static ObjectNode of(FleetCounts counts) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("clusters", counts.clusters());
        json.put("need_person", counts.needPerson());
        json.put("paused", counts.paused());
        put(json.putObject("standing"), counts.standing());
        put(json.putObject("run_state"), counts.runState());
        return json;
    }

    private static <E extends Enum<E>> void put(ObjectNode json, Map<E, Integer> counts) {
        counts.forEach((name, count) -> json.put(name.name(), count));
    }
}
