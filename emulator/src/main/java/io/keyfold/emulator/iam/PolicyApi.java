package io.keyfold.emulator.iam;

import static io.keyfold.emulator.service.Route.Kind.MUTATION;
import static io.keyfold.emulator.service.Route.Kind.READ;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.iam.Policy.Attribute;
import io.keyfold.emulator.iam.Policy.Version;
import io.keyfold.emulator.service.Api;
import io.keyfold.emulator.service.Call;
import io.keyfold.emulator.service.Cloud;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Refusal;
import io.keyfold.emulator.service.Role;
import io.keyfold.emulator.service.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// IAM policy management, version 1 and 2 over the same policies: what one has made the other reads and deletes.
public final class PolicyApi implements Api {

    private final Cloud cloud;
    private final Policies policies;
    private final PolicyErrors errors;

    public PolicyApi(Cloud cloud, Policies policies) {
        this.cloud = cloud;
        this.policies = policies;
        this.errors = new PolicyErrors(cloud.traces());
    }

    @Override
    public List<Route> routes() {
        return Stream.of(Version.values()).flatMap(version -> {
            String v = version == Version.V1 ? "v1" : "v2";
            String operation = "iam-policy-" + v + ".";
            return Stream.of(
                    Route.of(this, operation + "create_policy", "POST /" + v + "/policies", MUTATION,
                            call -> create(call, version)),
                    Route.of(this, operation + "list_policies", "GET /" + v + "/policies", READ,
                            call -> list(call, version)),
                    Route.of(this, operation + "get_policy", "GET /" + v + "/policies/{id}", READ,
                            call -> get(call, version)),
                    Route.of(this, operation + "delete_policy", "DELETE /" + v + "/policies/{id}", MUTATION,
                            this::delete));
        }).toList();
    }

    private HttpResponse create(Call call, Version version) throws Refusal {
        JsonNode body = call.json().orElseThrow(() -> errors.refusal(400, "invalid_body", "The body is not JSON."));
        PolicyJson.Grant grant = PolicyJson.read(body, version).orElseThrow(
                () -> errors.refusal(400, "invalid_body", "type, subject, resource and at least one role are needed."));
        check(grant, call);
        requireAdministrator(call);
        Instant now = call.now();
        Duration hidden = call.twist().invisible().orElse(cloud.behaviour().policyInvisible());
        var policy = new Policy(cloud.ids().uuid(), call.caller().account(), grant.type(), grant.description(),
                grant.subject(), grant.resource(), grant.roles(), now, call.caller().iamId(), now.plus(hidden), false,
                version);
        call.touched().instance(policy.value(policy.resource(), "serviceInstance"));
        Optional<Policy> existing = policies.conflictingWith(policy);
        if (existing.isPresent()) {
            call.touched().resource(existing.get().id());
            throw errors.conflict(existing.get(), version);
        }
        if (policies.activeIn(policy.account()) >= cloud.behaviour().mostPolicies()) {
            throw new Refusal(quotaExceeded());
        }
        policies.add(policy);
        call.touched().resource(policy.id());
        return Json.response(201, PolicyJson.write(policy, version)).with("ETag", policy.etag());
    }

    private void check(PolicyJson.Grant grant, Call call) throws Refusal {
        boolean authorization = grant.type().equals("authorization");
        if (!authorization && !grant.type().equals("access")) {
            throw errors.refusal(400, "invalid_body", "type must be access or authorization.");
        }
        for (List<Attribute> attributes : List.of(grant.subject(), grant.resource())) {
            if (attributes.stream().anyMatch(attribute -> attribute.name().isEmpty() || attribute.value().isEmpty())) {
                throw errors.refusal(400, "invalid_body", "An attribute without name or value.");
            }
        }
        boolean subjectInAccount = !authorization || has(grant.subject(), "accountId");
        if (!subjectInAccount || !has(grant.resource(), "accountId")) {
            throw errors.refusal(400, "invalid_body",
                    "Both subject and resource must include the accountId attribute.");
        }
        if (authorization && !has(grant.subject(), "serviceName") && !has(grant.subject(), "resourceGroupId")) {
            throw errors.refusal(400, "invalid_body", "The subject must include serviceName or resourceGroupId.");
        }
        String account = call.caller().account();
        if (grant.resource().stream()
                .anyMatch(attribute -> attribute.name().equals("accountId") && !attribute.value().equals(account))) {
            throw errors.refusal(403, "insufficent_permissions",
                    "The target service is always in the account where the authorization is created.");
        }
        for (String role : grant.roles()) {
            if (!Policies.isRole(role)) {
                throw errors.refusal(400, "role_not_found", "The role " + role + " does not exist.");
            }
        }
    }

    private static boolean has(List<Attribute> attributes, String name) {
        return attributes.stream().anyMatch(attribute -> attribute.name().equals(name));
    }

    /// Without the right to read the list is empty, as IAM documents it: no proof of absence.
    private HttpResponse list(Call call, Version version) throws Refusal {
        String account = call.query("account_id").orElseThrow(() -> errors.refusal(400,
                "missing_required_query_parameter", "The account_id query parameter is required."));
        Duration stale = call.twist().stale().orElse(cloud.behaviour().listStale());
        boolean mayRead = account.equals(call.caller().account())
                && call.caller().hasAny(Role.VIEWER, Role.OPERATOR, Role.EDITOR, Role.ADMINISTRATOR);
        String state = call.query("state").orElse("active");
        List<Policy> found = policies.at(call.now().minus(stale))
                .filter(policy -> mayRead && policy.account().equals(account))
                .filter(policy -> !policy.visibleFrom().isAfter(call.now()))
                .filter(policy -> state.equals(policy.deleted() ? "deleted" : "active"))
                .filter(policy -> call.query("type").map(policy.type()::equals).orElse(true))
                .filter(policy -> call.query("service_name")
                        .map(policy.value(policy.resource(), "serviceName")::equals).orElse(true))
                .filter(policy -> call.query("iam_id").map(policy.value(policy.subject(), "iam_id")::equals)
                        .orElse(true))
                .filter(policy -> call.query("access_group_id")
                        .map(policy.value(policy.subject(), "access_group_id")::equals).orElse(true))
                .filter(policy -> call.query("service_type").map(type -> hasServiceType(policy, type)).orElse(true))
                .sorted(order(call.query("sort").orElse("created_at"))).toList();
        return Json.response(200, page(call, version, found));
    }

    private static boolean hasServiceType(Policy policy, String type) {
        boolean names = has(policy.resource(), "serviceName");
        return type.equals("service") ? names : !names;
    }

    private static Comparator<Policy> order(String sort) {
        String field = sort.startsWith("-") ? sort.substring(1) : sort;
        Comparator<Policy> order = switch (field) {
            case "id" -> Comparator.comparing(Policy::id);
            case "type" -> Comparator.comparing(Policy::type);
            case "created_by_id" -> Comparator.comparing(Policy::createdBy);
            default -> Comparator.comparing(Policy::created);
        };
        return sort.startsWith("-") ? order.reversed() : order;
    }

    /// Without `limit` all at once; with it, pages whose `next.start` continues.
    private ObjectNode page(Call call, Version version, List<Policy> found) throws Refusal {
        ObjectNode body = Json.object();
        Optional<String> limitGiven = call.query("limit");
        if (limitGiven.isEmpty()) {
            body.set("policies", Json.array(found, policy -> PolicyJson.write(policy, version)));
            return body;
        }
        int limit = number(limitGiven.get(), "limit");
        int start = call.query("start").isPresent() ? number(call.query("start").get(), "start") : 0;
        if (limit < 1 || limit > 100) {
            throw errors.refusal(400, "invalid_query_parameter", "limit must be from 1 to 100.");
        }
        String path = "https://iam.cloud.ibm.com" + call.request().rawPath();
        int from = Math.min(start, found.size());
        int to = Math.min(found.size(), from + limit);
        body.put("limit", limit);
        body.putObject("first").put("href", path + "?limit=" + limit);
        if (to < found.size()) {
            body.putObject("next").put("href", path + "?limit=" + limit + "&start=" + to).put("start",
                    Integer.toString(to));
        }
        body.set("policies", Json.array(found.subList(from, to), policy -> PolicyJson.write(policy, version)));
        return body;
    }

    private int number(String text, String what) throws Refusal {
        try {
            return Math.max(0, Integer.parseInt(text));
        } catch (NumberFormatException notANumber) {
            throw errors.refusal(400, "invalid_query_parameter", what + " is not a number.");
        }
    }

    private HttpResponse get(Call call, Version version) throws Refusal {
        Policy policy = find(call);
        if (policy.visibleFrom().isAfter(call.now())) {
            throw notFound(policy.id());
        }
        return Json.response(200, PolicyJson.write(policy, version)).with("ETag", policy.etag());
    }

    private HttpResponse delete(Call call) throws Refusal {
        call.touched().resource(call.variable("id"));
        Policy policy = find(call);
        call.touched().instance(policy.value(policy.resource(), "serviceInstance"));
        requireAdministrator(call);
        policies.delete(policy.id());
        return HttpResponse.empty(204);
    }

    private Policy find(Call call) throws Refusal {
        String id = call.variable("id");
        return policies.get(id)
                .filter(policy -> !policy.deleted() && policy.account().equals(call.caller().account()))
                .orElseThrow(() -> notFound(id));
    }

    private Refusal notFound(String id) {
        return errors.refusal(404, "policy_not_found", "Policy with ID " + id + " was not found.");
    }

    private void requireAdministrator(Call call) throws Refusal {
        if (!call.caller().hasAny(Role.ADMINISTRATOR)) {
            throw new Refusal(forbidden());
        }
    }

    @Override
    public HttpResponse error(int status, String message) {
        String code = switch (status) {
            case 401 -> "invalid_token";
            case 403 -> "insufficent_permissions"; // IBM's own spelling
            case 404 -> "not_found";
            case 429 -> "too_many_requests";
            default -> status >= 500 ? "request_not_processed" : "unable_to_process";
        };
        return errors.response(status, code, message);
    }

    @Override
    public HttpResponse unauthorized() {
        return errors.response(401, "invalid_token", "The provided IAM token is invalid or has expired.");
    }

    @Override
    public HttpResponse forbidden() {
        return errors.response(403, "insufficent_permissions",
                "You are not authorized to use this API. Administrator on the target service is needed.");
    }

    @Override
    public HttpResponse quotaExceeded() {
        return errors.response(400, "unable_to_process", "The account's limit of policies is reached.");
    }

    @Override
    public HttpResponse dress(Call call, HttpResponse response) {
        return response.with("Transaction-Id", call.header("Transaction-Id").orElseGet(() -> cloud.traces().hex(32)))
                .with("Cache-Control", "no-cache, no-store, must-revalidate");
    }
}
