package io.keyfold.emulator.resourcecontroller;

import static io.keyfold.emulator.service.Route.Kind.MUTATION;
import static io.keyfold.emulator.service.Route.Kind.READ;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.iam.ResourceGroups;
import io.keyfold.emulator.resourcecontroller.Instance.Offering;
import io.keyfold.emulator.resourcecontroller.Instance.Stage;
import io.keyfold.emulator.service.Api;
import io.keyfold.emulator.service.Call;
import io.keyfold.emulator.service.Cloud;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Refusal;
import io.keyfold.emulator.service.Role;
import io.keyfold.emulator.service.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Resource Controller version 2: instances and reclamations.
public final class ResourceControllerApi implements Api {

    /// At most 180 characters, none special but `(space) - . _ :` (the SDK's documentation).
    private static final Pattern NAME = Pattern.compile("([^\\x00-\\x7F]|[a-zA-Z0-9\\-._: ]){1,180}");
    private static final Set<String> NETWORKS = Set.of("public-and-private", "private-only");

    private final Cloud cloud;
    private final Instances instances;
    private final ResourceGroups groups;
    private final Tenants tenants;
    private final ResourceControllerErrors errors;

    public ResourceControllerApi(Cloud cloud, Instances instances, ResourceGroups groups, Tenants tenants) {
        this.cloud = cloud;
        this.instances = instances;
        this.groups = groups;
        this.tenants = tenants;
        this.errors = new ResourceControllerErrors(cloud.traces());
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.of(this, "resource-controller.create_instance", "POST /v2/resource_instances", MUTATION,
                        this::create),
                Route.of(this, "resource-controller.list_instances", "GET /v2/resource_instances", READ, this::list),
                Route.of(this, "resource-controller.get_instance", "GET /v2/resource_instances/{id}", READ, this::get),
                Route.of(this, "resource-controller.update_instance", "PATCH /v2/resource_instances/{id}", MUTATION,
                        this::update),
                Route.of(this, "resource-controller.delete_instance", "DELETE /v2/resource_instances/{id}", MUTATION,
                        this::delete),
                Route.of(this, "resource-controller.list_reclamations", "GET /v1/reclamations", READ,
                        this::reclamations),
                Route.of(this, "resource-controller.run_reclamation_action",
                        "POST /v1/reclamations/{id}/actions/{action}", MUTATION, this::act));
    }

    private HttpResponse create(Call call) throws Refusal {
        JsonNode body = call.json().filter(JsonNode::isObject)
                .orElseThrow(() -> errors.refusal(400, "The request body is not a JSON object."));
        String name = required(body, "name");
        checkName(name);
        String region = required(body, "target");
        String planId = required(body, "resource_plan_id");
        ResourceGroups.Group group = groups.withId(required(body, "resource_group"))
                .filter(found -> found.account().equals(call.caller().account()))
                .orElseThrow(() -> errors.refusal(404, "The resource group is not found in the account."));
        Offering offering = Catalog.plan(planId)
                .orElseThrow(() -> errors.refusal(404, "The plan " + planId + " is not found in the catalog."));
        if (!Catalog.sells(offering, region)) {
            throw errors.refusal(400,
                    "The plan " + offering.planName() + " is not available in the target " + region + ".");
        }
        checkParameters(offering, body.path("parameters"));
        if (!call.caller().hasAny(Role.EDITOR, Role.ADMINISTRATOR)) {
            throw new Refusal(forbidden());
        }
        if (instances.live(call.caller().account()) >= cloud.behaviour().mostInstances()) {
            throw new Refusal(quotaExceeded());
        }
        Instance created = instance(call, body, name, region, group, offering);
        instances.add(created);
        call.touched().instance(created.guid());
        call.touched().resource(created.guid());
        int status = created.state(call.now()).equals("provisioning") ? 202 : 201;
        return Json.response(status, InstanceJson.write(created, call.now()));
    }

    private Instance instance(Call call, JsonNode body, String name, String region, ResourceGroups.Group group,
            Offering offering) {
        Duration provisioning = call.twist().provisioning().orElse(cloud.behaviour().provisioning());
        List<String> tags = new ArrayList<>();
        body.path("tags").forEach(tag -> tags.add(tag.asText()));
        JsonNode parameters = body.path("parameters").isObject() ? body.path("parameters") : Json.object();
        String guid = cloud.ids().uuid();
        String account = call.caller().account();
        Instant now = call.now();
        return new Instance(guid, Instances.crn(offering, region, account, guid), name, account, region, offering,
                group.id(), group.crn(), parameters, tags, call.caller().iamId(), now, now.plus(provisioning),
                call.twist().provisioningFails(), now.plus(call.twist().invisible().orElse(Duration.ZERO)), Stage.LIVE,
                call.caller().iamId(), now);
    }

    private String required(JsonNode body, String field) throws Refusal {
        return Json.text(body, field)
                .orElseThrow(() -> errors.refusal(400, "The required property " + field + " is missing."));
    }

    private void checkName(String name) throws Refusal {
        if (!NAME.matcher(name).matches()) {
            throw errors.refusal(400, "The instance name must have 1 to 180 characters and may not include any special "
                    + "characters other than (space) - . _ :");
        }
    }

    /// The generic `service_endpoints` is no substitute with Key Protect.
    private void checkParameters(Offering offering, JsonNode parameters) throws Refusal {
        JsonNode network = parameters.path("allowed_network");
        boolean missing = parameters.has("service_endpoints") && network.isMissingNode();
        boolean wrong = !network.isMissingNode() && !NETWORKS.contains(network.asText());
        if (offering.service().equals("kms") && (wrong || missing)) {
            throw errors.broker(400, 400, "BadRequest", "Allowed Network parameter must be set");
        }
    }

    private HttpResponse list(Call call) throws Refusal {
        Duration stale = call.twist().stale().orElse(cloud.behaviour().listStale());
        Instant time = call.now().minus(stale);
        Optional<String> name = call.query("name");
        Stream<Instance> known = name.isPresent() ? instances.withNameAt(name.get(), time) : instances.at(time);
        List<Instance> shown = known
                .filter(one -> one.account().equals(call.caller().account()) && mayView(call))
                .filter(one -> !one.visibleFrom().isAfter(call.now())).toList();
        return Json.response(200, new InstanceList(call, errors).page(shown));
    }

    private static boolean mayView(Call call) {
        return call.caller().hasAny(Role.VIEWER, Role.OPERATOR, Role.EDITOR, Role.ADMINISTRATOR);
    }

    private HttpResponse get(Call call) throws Refusal {
        Instance instance = find(call);
        if (!mayView(call)) {
            throw new Refusal(forbidden());
        }
        return Json.response(200, InstanceJson.write(instance, call.now()));
    }

    private Instance find(Call call) throws Refusal {
        Instance found = instances.find(call.variable("id"))
                .filter(one -> one.account().equals(call.caller().account()))
                .filter(one -> !one.visibleFrom().isAfter(call.now()))
                .orElseThrow(() -> errors.refusal(404, "Instance not found"));
        call.touched().instance(found.guid());
        call.touched().resource(found.guid());
        return found;
    }

    private Instance findToChange(Call call) throws Refusal {
        call.touched().resource(call.variable("id"));
        Instance instance = find(call);
        if (!call.caller().hasAny(Role.EDITOR, Role.ADMINISTRATOR)) {
            throw new Refusal(forbidden());
        }
        switch (instance.stage()) {
            case REMOVED -> throw errors.refusal(410, "The instance is removed.");
            case PENDING_RECLAMATION -> throw errors.refusal(422, "Instance is in reclamation, please use the API to "
                    + "the delete the resource reclamation for the instance"); // IBM's own words
            case LIVE -> {
            }
        }
        if (instance.state(call.now()).equals("provisioning")) {
            throw errors.refusal(409, "An operation on the instance is in progress.");
        }
        return instance;
    }

    private HttpResponse update(Call call) throws Refusal {
        Instance instance = findToChange(call);
        JsonNode body = call.json().filter(JsonNode::isObject)
                .orElseThrow(() -> errors.refusal(400, "The request body is not a JSON object."));
        String name = Json.text(body, "name").orElse(instance.name());
        checkName(name);
        checkParameters(instance.offering(), body.path("parameters"));
        Offering plan = instance.offering();
        if (body.has("resource_plan_id")) {
            plan = Catalog.plan(body.path("resource_plan_id").asText())
                    .orElseThrow(() -> errors.refusal(404, "The plan is not found in the catalog."));
        }
        JsonNode parameters = body.path("parameters").isObject() ? body.path("parameters") : instance.parameters();
        Instance changed = instances
                .replace(instance.changed(name, plan, parameters, call.caller().iamId(), call.now()));
        return Json.response(200, InstanceJson.write(changed, call.now()));
    }

    /// Keys first: Key Protect's broker refuses while any is left. Then the instance waits to be reclaimed.
    private HttpResponse delete(Call call) throws Refusal {
        Instance instance = findToChange(call);
        long keys = tenants.liveKeys(instance.guid());
        if (keys > 0) {
            throw errors.broker(cloud.behaviour().instanceWithKeysStatus(), 409, "Conflict",
                    "CONTAINS_ACTIVE_KEYS: Remove all keys before de-provisioning: Instance contains " + keys
                            + " active keys");
        }
        instances.schedule(instance, call.caller().iamId());
        return HttpResponse.empty(204);
    }

    private HttpResponse reclamations(Call call) {
        List<Reclamation> found = instances.reclamations()
                .filter(one -> one.instance().account().equals(call.caller().account()) && mayView(call))
                .filter(one -> call.query("account_id").map(one.instance().account()::equals).orElse(true))
                .filter(one -> call.query("resource_instance_id").map(one.instance().guid()::equals).orElse(true))
                .filter(one -> call.query("resource_group_id").map(one.instance().resourceGroup()::equals)
                        .orElse(true))
                .toList();
        ObjectNode body = Json.object();
        body.set("resources", Json.array(found, Reclamation::json));
        return Json.response(200, body);
    }

    private HttpResponse act(Call call) throws Refusal {
        call.touched().resource(call.variable("id"));
        Reclamation reclamation = instances.reclamation(call.variable("id"))
                .filter(one -> one.instance().account().equals(call.caller().account()))
                .orElseThrow(() -> errors.refusal(404, "Reclamation not found"));
        if (!call.caller().hasAny(Role.EDITOR, Role.ADMINISTRATOR)) {
            throw new Refusal(forbidden());
        }
        Instance instance = reclamation.instance();
        call.touched().instance(instance.guid());
        String by = call.caller().iamId();
        String state = switch (call.variable("action")) {
            case "reclaim" -> {
                instances.replace(instance.moved(Stage.REMOVED, by, call.now()));
                tenants.removed(instance.guid());
                yield "RECLAIMING";
            }
            case "restore" -> {
                instances.replace(instance.moved(Stage.LIVE, by, call.now()));
                yield "RESTORING";
            }
            default -> throw errors.refusal(400, "The action must be reclaim or restore.");
        };
        instances.end(reclamation);
        return Json.response(200, reclamation.in(state).json());
    }

    @Override
    public HttpResponse error(int status, String message) {
        return errors.response(status, message);
    }

    @Override
    public HttpResponse unauthorized() {
        return errors.response(401, "The IAM token is invalid or has expired.");
    }

    @Override
    public HttpResponse forbidden() {
        return errors.response(403, "You are not authorized to perform this action.");
    }

    @Override
    public HttpResponse quotaExceeded() {
        return errors.response(422, "The account has reached its limit of service instances.");
    }

    @Override
    public HttpResponse dress(Call call, HttpResponse response) {
        String id = "bss-" + cloud.traces().hex(16);
        return response.with("X-Correlation-Id", id + "-0").with("Transaction-Id", id)
                .with("X-Ratelimit-Limit", "100").with("X-Ratelimit-Remaining", "98").with("X-Ratelimit-Reset", "0")
                .with("Cache-Control", "max-age=0, no-cache, no-store");
    }
}
