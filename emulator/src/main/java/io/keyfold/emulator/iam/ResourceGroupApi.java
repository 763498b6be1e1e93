package io.keyfold.emulator.iam;

import static io.keyfold.emulator.service.Route.Kind.READ;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.service.Api;
import io.keyfold.emulator.service.Call;
import io.keyfold.emulator.service.Cloud;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Refusal;
import io.keyfold.emulator.service.Route;
import java.util.List;

/// Resource Manager: the account's resource groups, read only.
public final class ResourceGroupApi implements Api {

    private final Cloud cloud;
    private final ResourceGroups groups;

    public ResourceGroupApi(Cloud cloud, ResourceGroups groups) {
        this.cloud = cloud;
        this.groups = groups;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.of(this, "resource-manager.list_resource_groups", "GET /v2/resource_groups", READ, this::list),
                Route.of(this, "resource-manager.get_resource_group", "GET /v2/resource_groups/{id}", READ, this::get));
    }

    /// Filters: `account_id`, `name`, `default`. Other accounts' groups are not shown.
    private HttpResponse list(Call call) {
        String account = call.query("account_id").orElse(call.caller().account());
        List<ResourceGroups.Group> found = account.equals(call.caller().account()) ? groups.of(account) : List.of();
        found = found.stream().filter(group -> call.query("name").map(group.name()::equals).orElse(true))
                .filter(group -> call.query("default").map(wanted -> wanted.equals("" + group.isDefault()))
                        .orElse(true))
                .toList();
        ObjectNode body = Json.object();
        body.set("resources", Json.array(found, ResourceGroupApi::json));
        return Json.response(200, body);
    }

    private HttpResponse get(Call call) throws Refusal {
        return groups.withId(call.variable("id")).filter(group -> group.account().equals(call.caller().account()))
                .map(group -> Json.response(200, json(group)))
                .orElseThrow(() -> new Refusal(error(404, "Resource group not found")));
    }

    private static ObjectNode json(ResourceGroups.Group group) {
        ObjectNode json = Json.object().put("id", group.id()).put("crn", group.crn())
                .put("account_id", group.account()).put("name", group.name()).put("state", "ACTIVE")
                .put("default", group.isDefault()).put("enable_reclamation", false)
                .put("quota_url", "/v2/quota_definitions/a3d7b8d01e261c24677937c29ab33f3c")
                .put("payment_methods_url", "/v2/resource_groups/" + group.id() + "/payment_methods")
                .put("teams_url", "/v2/resource_groups/" + group.id() + "/teams")
                .put("created_at", group.created().toString()).put("updated_at", group.created().toString());
        json.putArray("resource_linkages");
        return json;
    }

    @Override
    public HttpResponse error(int status, String message) {
        return Json.response(status, Json.object().put("message", message).put("status_code", status)
                .put("transaction_id", "bss-" + cloud.traces().hex(16)));
    }

    @Override
    public HttpResponse unauthorized() {
        return error(401, "The token is invalid or has expired.");
    }

    @Override
    public HttpResponse forbidden() {
        return error(403, "You are not authorized to perform this action.");
    }

    @Override
    public HttpResponse quotaExceeded() {
        return error(422, "The quota for resource groups is exceeded.");
    }

    @Override
    public HttpResponse dress(Call call, HttpResponse response) {
        return response.with("Transaction-Id", "bss-" + cloud.traces().hex(16));
    }
}
