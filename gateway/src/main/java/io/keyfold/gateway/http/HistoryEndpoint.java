package io.keyfold.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.keyfold.gateway.fleet.Fleet;
import io.keyfold.gateway.topic.HistoryReader;
import io.keyfold.workflow.wire.AvroJson;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/// One cluster's audit records, a page at a time.
final class HistoryEndpoint {
    private static final int USUAL_LIMIT = 200;
    private static final int HIGHEST_LIMIT = 1_000;
    private static final Pattern CURSOR = Pattern.compile("(asc|desc)-(\\d{1,9})");

    /// The names are what callers write.
    private enum Direction {
        ASC,
        DESC;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private final Fleet fleet;
    private final HistoryReader history;

    HistoryEndpoint(Fleet fleet, HistoryReader history) {
        this.fleet = fleet;
        this.history = history;
    }

    void history(ServerRequest request, ServerResponse response) {
        var cluster = ClusterPath.of(request);
        var parameters = new Parameters(request.query(), Set.of("order", "limit", "cursor"));
        var direction = parameters.one("order", Direction.class).orElse(Direction.ASC);
        var limit = parameters.number("limit", USUAL_LIMIT, 1, HIGHEST_LIMIT);
        var cursor = cursor(parameters, direction);
        parameters.check();
        var total = history.size(cluster);
        if (total == 0 && fleet.cluster(cluster).isEmpty()) {
            throw FleetEndpoints.notFound(cluster).thrown();
        }

        var isUp = direction == Direction.ASC;
        var from = isUp ? cursor.orElse(0) : Math.max(0, cursor.orElse(total) - limit);
        var until = isUp ? from + limit : cursor.orElse(total);
        var part = read(cluster, from, until);
        var body = JsonNodeFactory.instance.objectNode().put("cluster_id", cluster);
        var records = body.putArray("records");
        (isUp ? part.records() : part.records().reversed()).forEach(record -> records.add(AvroJson.of(record)));
        body.put("total", part.total());
        var isLast = isUp ? until >= part.total() : from == 0;
        body.put("next_cursor", isLast ? null : direction.word() + "-" + (isUp ? until : from));
        body.put("complete", history.isComplete());
        Answers.json(response, 200, body);
    }

    private static OptionalInt cursor(Parameters parameters, Direction direction) {
        var text = parameters.text("cursor");
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        var matcher = CURSOR.matcher(text.get());
        if (matcher.matches() && matcher.group(1).equals(direction.word())) {
            return OptionalInt.of(Integer.parseInt(matcher.group(2)));
        }
        parameters.refuse(
                "cursor",
                text.get(),
                "the next_cursor of the page before, with the same order; leave it out to begin");
        return OptionalInt.empty();
    }

    private HistoryReader.Part read(String cluster, int from, int until) {
        try {
            return history.read(cluster, from, until);
        } catch (HistoryReader.NotRead e) {
            throw notRead(cluster, String.valueOf(e.getMessage())).thrown();
        }
    }

    static Problem notRead(String cluster, String why) {
        return Problem.of(
                503,
                "HISTORY_NOT_READ",
                "The history could not be read",
                why,
                "Ask again in a moment. See whether Kafka and the registry are well: keyfold doctor").about(cluster);
    }
}
