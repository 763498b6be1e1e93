package io.keyfold.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepName;
import io.keyfold.contract.StorageService;
import io.keyfold.gateway.fleet.Cluster;
import io.keyfold.gateway.fleet.Fleet;
import io.keyfold.gateway.fleet.Order;
import io.keyfold.gateway.fleet.Selection;
import io.keyfold.workflow.wire.AvroJson;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/// What is asked of the fleet: counts, pages of clusters, one cluster.
final class FleetEndpoints {
    static final Set<String> LIST_PARAMETERS = Set.of(
            "standing",
            "run_state",
            "encryption",
            "service",
            "step_failed",
            "needs_person",
            "paused",
            "account",
            "region",
            "q",
            "sort",
            "limit",
            "offset",
            "cursor");

    private static final int USUAL_LIMIT = 50;
    private static final int HIGHEST_LIMIT = 500;
    private static final int HIGHEST_OFFSET = 1_000_000;

    private final Fleet fleet;

    FleetEndpoints(Fleet fleet) {
        this.fleet = fleet;
    }

    void counts(ServerRequest request, ServerResponse response) {
        new Parameters(request.query(), Set.of()).check();
        Answers.json(response, 200, Summaries.of(fleet.counts()));
    }

    void list(ServerRequest request, ServerResponse response) {
        var parameters = new Parameters(request.query(), LIST_PARAMETERS);
        var selection = selection(parameters);
        var order = parameters.text("sort").map(name -> order(parameters, name)).orElse(Order.USUAL);
        var limit = parameters.number("limit", USUAL_LIMIT, 1, HIGHEST_LIMIT);
        var offset = parameters.number("offset", 0, 0, HIGHEST_OFFSET);
        var after = parameters.text("cursor").flatMap(text -> {
            var cursor = Cursor.parse(text, order);
            if (cursor.isEmpty()) {
                parameters.refuse(
                        "cursor", text,
                        "the next_cursor of the page before, with the same sort; leave it out to begin");
            }
            return cursor;
        });
        parameters.check();

        var page = fleet.page(selection, order, after, offset, limit);
        var body = JsonNodeFactory.instance.objectNode();
        var clusters = body.putArray("clusters");
        page.clusters().forEach(cluster -> clusters.add(Summaries.of(cluster)));
        body.put("matched", page.counts().clusters());
        body.set("counts", Summaries.of(page.counts()));
        body.put("next_cursor", page.next().map(rank -> Cursor.text(rank, order)).orElse(null));
        Answers.json(response, 200, body);
    }

    private static Selection selection(Parameters parameters) {
        var service = parameters.one("service", StorageService.class);
        var encryption = parameters.several("encryption", Standing.class);
        if (service.isPresent() && encryption.isEmpty()) {
            parameters.refuse("service", service.get().name(), "only with encryption, for example CUSTOMER_MANAGED");
        }
        return new Selection(
                parameters.several("standing", Standing.class),
                parameters.several("run_state", RunState.class),
                encryption,
                service,
                parameters.several("step_failed", StepName.class),
                parameters.truth("needs_person"),
                parameters.truth("paused"),
                parameters.text("account"),
                parameters.text("region"),
                parameters.text("q").orElse(""));
    }

    private static Order order(Parameters parameters, String name) {
        return Order.named(name).orElseGet(() -> {
            parameters.refuse("sort", name, String.join(", ", Order.names()) + "; with - before it the greatest first");
            return Order.USUAL;
        });
    }

    void one(ServerRequest request, ServerResponse response) {
        new Parameters(request.query(), Set.of()).check();
        var cluster = required(fleet, ClusterPath.of(request));
        var tag = "\"" + cluster.revision() + "\"";
        response.header(HeaderNames.ETAG, tag);
        if (names(request, tag)) {
            response.header(HeaderNames.CACHE_CONTROL, "no-cache");
            response.status(304).send();
            return;
        }
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.header(HeaderNames.CACHE_CONTROL, "no-cache");
        var status = AvroJson.of(cluster.status());
        status.put("needs_person", cluster.needsPerson());
        response.send(Answers.bytes(status));
    }

    private static boolean names(ServerRequest request, String tag) {
        Optional<String> given = request.headers().first(HeaderNames.IF_NONE_MATCH);
        return given.filter(
                tags -> tags.strip().equals("*")
                        || Arrays.stream(tags.split(",", -1)).map(String::strip)
                                .anyMatch(it -> it.equals(tag) || it.equals("W/" + tag)))
                .isPresent();
    }

    static Cluster required(Fleet fleet, String id) {
        return fleet.cluster(id).orElseThrow(() -> notFound(id).thrown());
    }

    static Problem notFound(String id) {
        return Problem.of(
                404,
                "CLUSTER_NOT_FOUND",
                "There is no such cluster",
                "No status of cluster " + id + " has been read.",
                "See all clusters: GET /api/v1/clusters. A request that was only just published may not have been read"
                        + " yet: ask again in a moment.")
                .about(id);
    }
}
