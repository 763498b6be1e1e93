package io.keyfold.emulator.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.emulator.http.HttpRequest;
import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.iam.Policies;
import io.keyfold.emulator.iam.ResourceGroups;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Things that are there without any worker having made them, or vanish without any having deleted them.
final class Seeds {

    /// A person: what the workers find of hers is not theirs.
    private static final String FOREIGN = "IBMid-270000FOREIGN";
    private static final String READER = "crn:v1:bluemix:public:iam::::serviceRole:Reader";

    private final EmulatedCloud cloud;

    Seeds(EmulatedCloud cloud) {
        this.cloud = cloud;
    }

    HttpResponse answer(HttpRequest request, String operation, String which) {
        return switch (operation) {
            case "POST instances" -> locked(request, this::instance);
            case "POST keys" -> locked(request, this::key);
            case "POST policies" -> locked(request, this::policy);
            case "POST registrations" -> locked(request, this::registration);
            case "POST api-keys" -> locked(request, this::apiKey);
            case "POST profiles" -> locked(request, this::profile);
            case "POST resource-groups" -> locked(request, this::resourceGroup);
            case "PATCH keys" -> gone(changeKey(AdminApi.body(request), which));
            case "PATCH policies" -> gone(cloud.policies().grant(which, roles(AdminApi.body(request))));
            case "DELETE instances" ->
                gone(flag(request, "restorable") ? cloud.instances().removeRestorably(which, FOREIGN)
                        : cloud.instances().remove(which, FOREIGN));
            case "DELETE keys" -> gone(flag(request, "purge") ? cloud.vaults().purge(which)
                    : cloud.vaults().destroy(which, FOREIGN));
            case "DELETE policies" -> gone(cloud.policies().remove(which));
            case "DELETE registrations" -> gone(cloud.vaults().deregister(which) > 0);
            case "DELETE api-keys" -> gone(cloud.apiKeys().revoke(which));
            default -> Json.response(404, Json.object().put("message", "no such operation: " + operation));
        };
    }

    @FunctionalInterface
    private interface Seed {
        HttpResponse sow(JsonNode body);
    }

    private HttpResponse locked(HttpRequest request, Seed seed) {
        JsonNode body = AdminApi.body(request);
        return cloud.cloud().locked(() -> seed.sow(body));
    }

    private static HttpResponse gone(boolean found) {
        return found ? HttpResponse.empty(204) : Json.response(404, Json.object().put("message", "there is none"));
    }

    private static HttpResponse created(String id) {
        return Json.response(201, Json.object().put("id", id));
    }

    private static String needed(JsonNode body, String field) {
        return Json.text(body, field).orElseThrow(() -> new IllegalArgumentException(field + " is missing"));
    }

    private HttpResponse instance(JsonNode body) {
        String account = Json.text(body, "account").orElse(cloud.account());
        String groupName = Json.text(body, "resource_group").orElse("Default");
        ResourceGroups.Group group = cloud.groups().of(account).stream()
                .filter(one -> one.name().equals(groupName) || one.id().equals(groupName)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no resource group " + groupName));
        Optional<String> guid = Json.text(body, "guid");
        if (guid.flatMap(cloud.instances()::find).isPresent()) {
            throw new IllegalArgumentException("there is an instance " + guid.orElse("") + " already");
        }
        var instance = cloud.instances().seed(guid, needed(body, "name"), account,
                Json.text(body, "region").orElse("us-south"), group, Json.text(body, "created_by").orElse(FOREIGN));
        return Json.response(201, Json.object().put("id", instance.guid()).put("crn", instance.crn()));
    }

    private HttpResponse key(JsonNode body) {
        List<String> aliases = new ArrayList<>();
        body.path("aliases").forEach(alias -> aliases.add(alias.asText()));
        return created(cloud.vaults().seedKey(id(body), needed(body, "instance"), needed(body, "name"), aliases,
                body.path("extractable").asBoolean(false), body.path("state").asInt(1),
                Json.text(body, "created_by").orElse(FOREIGN)));
    }

    private String id(JsonNode body) {
        return Json.text(body, "id").orElseGet(cloud.cloud().ids()::uuid);
    }

    private static boolean flag(HttpRequest request, String name) {
        return request.query(name).map(Boolean::parseBoolean).orElse(false);
    }

    private boolean changeKey(JsonNode body, String which) {
        boolean found = body.has("state") || body.has("set_for_deletion");
        if (!found) {
            throw new IllegalArgumentException("state or set_for_deletion is needed");
        }
        if (body.has("state")) {
            found = cloud.vaults().move(which, body.path("state").asInt(), FOREIGN);
        }
        return body.has("set_for_deletion")
                ? cloud.vaults().markForDeletion(which, body.path("set_for_deletion").asBoolean(), FOREIGN)
                : found;
    }

    private static List<String> roles(JsonNode body) {
        List<String> roles = new ArrayList<>();
        body.path("roles").forEach(role -> roles.add(role.asText()));
        roles.stream().filter(role -> !Policies.isRole(role)).findFirst().ifPresent(role -> {
            throw new IllegalArgumentException(
                    "there is no role " + role + ": a role is named by its CRN, as " + READER);
        });
        return roles;
    }

    private HttpResponse policy(JsonNode body) {
        List<String> roles = roles(body);
        return created(cloud.policies().seedAuthorization(id(body), Json.text(body, "account").orElse(cloud.account()),
                Json.text(body, "created_by").orElse(FOREIGN), needed(body, "source_service"),
                Json.text(body, "source_resource_type").orElse(""), Json.text(body, "source_instance").orElse(""),
                Json.text(body, "target_instance").orElse(""), roles.isEmpty() ? List.of(READER) : roles,
                Json.text(body, "description").orElse("")));
    }

    private HttpResponse registration(JsonNode body) {
        String crn = needed(body, "resource_crn");
        cloud.vaults().register(needed(body, "instance"), needed(body, "key"), crn,
                body.path("prevents_deletion").asBoolean(false), Json.text(body, "created_by").orElse(FOREIGN));
        return created(crn);
    }

    private HttpResponse apiKey(JsonNode body) {
        return created(cloud.addApiKey(needed(body, "api_key"), needed(body, "name"),
                Json.text(body, "account").orElse(cloud.account()), rolesOf(body)));
    }

    private HttpResponse profile(JsonNode body) {
        return created(cloud.addProfile(needed(body, "name"), needed(body, "cr_token"),
                Json.text(body, "account").orElse(cloud.account()), rolesOf(body)));
    }

    private static Set<Role> rolesOf(JsonNode body) {
        List<String> names = new ArrayList<>();
        body.path("roles").forEach(role -> names.add(role.asText()));
        return body.has("roles") ? EmulatedCloud.roles(names) : Role.ordinary();
    }

    private HttpResponse resourceGroup(JsonNode body) {
        String account = Json.text(body, "account").orElse(cloud.account());
        return created(cloud.addResourceGroup(account, needed(body, "name"), body.path("default").asBoolean(false)));
    }
}
