package io.keyfold.emulator.resourcecontroller;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.service.Call;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Refusal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// `GET /v2/resource_instances`: filters and pages.
final class InstanceList {

    private static final int USUAL_LIMIT = 10;
    private static final int MOST = 100;
    private static final Set<String> SHOWN_WITHOUT_STATE = Set.of("active", "provisioning");
    private static final List<String> FILTERS = List.of("guid", "name", "resource_group_id", "resource_id",
            "resource_plan_id", "type", "sub_type", "state", "updated_from", "updated_to", "limit");

    private final Call call;
    private final ResourceControllerErrors errors;

    InstanceList(Call call, ResourceControllerErrors errors) {
        this.call = call;
        this.errors = errors;
    }

    ObjectNode page(Iterable<Instance> oldestFirst) throws Refusal {
        int limit = limit();
        Optional<String> start = call.query("start").map(this::decoded);
        List<Instance> matching = new ArrayList<>();
        boolean begun = start.isEmpty();
        for (Instance one : oldestFirst) {
            begun = begun || start.map(one.guid()::equals).orElse(false);
            if (begun && matches(one)) {
                matching.add(one);
            }
            if (matching.size() > limit) {
                break;
            }
        }
        ObjectNode body = Json.object();
        List<Instance> shown = matching.subList(0, Math.min(limit, matching.size()));
        body.put("rows_count", shown.size());
        body.put("next_url", matching.size() > limit ? nextUrl(matching.get(limit), limit) : null);
        body.set("resources", Json.array(shown, one -> InstanceJson.write(one, call.now())));
        return body;
    }

    private int limit() throws Refusal {
        String given = call.query("limit").orElse("" + USUAL_LIMIT);
        try {
            int limit = Integer.parseInt(given);
            if (limit >= 1 && limit <= MOST) {
                return limit;
            }
        } catch (NumberFormatException notANumber) {
            // refused below, like a number out of range
        }
        throw errors.refusal(400, "limit must be a number from 1 to " + MOST);
    }

    private String decoded(String start) {
        try {
            return new String(Base64.getUrlDecoder().decode(start), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notOurs) {
            return "";
        }
    }

    private String nextUrl(Instance next, int limit) {
        var url = new StringBuilder("/v2/resource_instances?");
        for (String filter : FILTERS) {
            if (!filter.equals("limit")) {
                call.query(filter).ifPresent(value -> url.append(filter).append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8)).append('&'));
            }
        }
        String start = Base64.getUrlEncoder().withoutPadding()
                .encodeToString(next.guid().getBytes(StandardCharsets.UTF_8));
        return url.append("limit=").append(limit).append("&start=").append(start).toString();
    }

    private boolean matches(Instance one) {
        String state = one.state(call.now());
        boolean stateShown = call.query("state").map(state::equals).orElse(SHOWN_WITHOUT_STATE.contains(state));
        return stateShown && equal("guid", one.guid()) && equal("name", one.name())
                && equal("resource_group_id", one.resourceGroup())
                && equal("resource_id", one.offering().resourceId())
                && equal("resource_plan_id", one.offering().planId()) && equal("type", "service_instance")
                && equal("sub_type", one.offering().service())
                && time("updated_from", from -> !one.changed().isBefore(from))
                && time("updated_to", to -> !one.changed().isAfter(to));
    }

    private boolean equal(String filter, String value) {
        return call.query(filter).map(value::equals).orElse(true);
    }

    private boolean time(String filter, Function<Instant, Boolean> test) {
        try {
            return call.query(filter).map(Instant::parse).map(test).orElse(true);
        } catch (DateTimeParseException notATime) {
            return false;
        }
    }
}
