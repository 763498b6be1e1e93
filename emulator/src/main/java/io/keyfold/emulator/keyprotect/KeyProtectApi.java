package io.keyfold.emulator.keyprotect;

import static io.keyfold.emulator.service.Route.Kind.MUTATION;
import static io.keyfold.emulator.service.Route.Kind.READ;

import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.service.Api;
import io.keyfold.emulator.service.Call;
import io.keyfold.emulator.service.Cloud;
import io.keyfold.emulator.service.Route;
import java.util.ArrayList;
import java.util.List;

/// Key Protect version 2. One instance is meant by the `Bluemix-Instance` header of each call.
public final class KeyProtectApi implements Api {

    private final Cloud cloud;
    private final List<Route> routes = new ArrayList<>();

    public KeyProtectApi(Cloud cloud, Vaults vaults) {
        this.cloud = cloud;
        var desk = new Desk(cloud, vaults);
        var creation = new KeyCreation(desk);
        keys(creation, new KeyReads(desk), new KeyDeletion(desk));
        actions(new KeyActions(desk), new KeyDeletion(desk));
        labels(new AliasesAndRings(desk, creation));
        policies(new PoliciesAndTokens(desk));
    }

    private void keys(KeyCreation creation, KeyReads reads, KeyDeletion deletion) {
        mutation("create_key", "POST /api/v2/keys", creation::create);
        read("count_keys", "HEAD /api/v2/keys", reads::count);
        read("list_keys", "GET /api/v2/keys", reads::list);
        read("list_all_registrations", "GET /api/v2/keys/registrations", reads::allRegistrations);
        read("get_key", "GET /api/v2/keys/{id}", reads::get);
        read("get_key_metadata", "GET /api/v2/keys/{id}/metadata", reads::metadata);
        read("list_key_versions", "GET /api/v2/keys/{id}/versions", reads::versions);
        read("list_registrations", "GET /api/v2/keys/{id}/registrations", reads::registrations);
        mutation("delete_key", "DELETE /api/v2/keys/{id}", deletion::delete);
        mutation("purge_key", "DELETE /api/v2/keys/{id}/purge", deletion::purge);
        mutation("restore_key", "POST /api/v2/keys/{id}/restore", deletion::restore);
    }

    private void actions(KeyActions actions, KeyDeletion deletion) {
        mutation("disable_key", "POST /api/v2/keys/{id}/actions/disable", actions::disable);
        mutation("enable_key", "POST /api/v2/keys/{id}/actions/enable", actions::enable);
        mutation("rotate_key", "POST /api/v2/keys/{id}/actions/rotate", actions::rotate);
        mutation("set_key_for_deletion", "POST /api/v2/keys/{id}/actions/setKeyForDeletion",
                deletion::setForDeletion);
        mutation("unset_key_for_deletion", "POST /api/v2/keys/{id}/actions/unsetKeyForDeletion",
                deletion::unsetForDeletion);
        mutation("patch_key", "PATCH /api/v2/keys/{id}", actions::moveToRing);
    }

    private void labels(AliasesAndRings labels) {
        mutation("create_key_alias", "POST /api/v2/keys/{id}/aliases/{alias}", labels::createAlias);
        mutation("delete_key_alias", "DELETE /api/v2/keys/{id}/aliases/{alias}", labels::deleteAlias);
        read("list_key_rings", "GET /api/v2/key_rings", labels::listRings);
        mutation("create_key_ring", "POST /api/v2/key_rings/{id}", labels::createRing);
        mutation("delete_key_ring", "DELETE /api/v2/key_rings/{id}", labels::deleteRing);
    }

    private void policies(PoliciesAndTokens policies) {
        mutation("put_key_policies", "PUT /api/v2/keys/{id}/policies", policies::putKeyPolicy);
        read("get_key_policies", "GET /api/v2/keys/{id}/policies", policies::getKeyPolicies);
        mutation("put_instance_policies", "PUT /api/v2/instance/policies", policies::putInstancePolicies);
        read("get_instance_policies", "GET /api/v2/instance/policies", policies::getInstancePolicies);
        mutation("create_import_token", "POST /api/v2/import_token", policies::createImportToken);
        read("get_import_token", "GET /api/v2/import_token", policies::getImportToken);
    }

    private void read(String operation, String methodAndPath, Route.Handler handler) {
        routes.add(Route.of(this, "key-protect." + operation, methodAndPath, READ, handler));
    }

    private void mutation(String operation, String methodAndPath, Route.Handler handler) {
        routes.add(Route.of(this, "key-protect." + operation, methodAndPath, MUTATION, handler));
    }

    @Override
    public List<Route> routes() {
        return List.copyOf(routes);
    }

    @Override
    public HttpResponse error(int status, String message) {
        return KeyProtectErrors.withoutMiddle(status, KeyProtectErrors.title(status) + ": " + message,
                status == 429 ? "TOO_MANY_REQUESTS_ERR" : "INTERNAL_ERR", message);
    }

    @Override
    public HttpResponse unauthorized() {
        return KeyProtectErrors.unauthorized();
    }

    /// Key Protect says 401 for a missing permission too.
    @Override
    public HttpResponse forbidden() {
        return KeyProtectErrors.unauthorized();
    }

    @Override
    public HttpResponse quotaExceeded() {
        return quota();
    }

    static HttpResponse quota() {
        return KeyProtectErrors.response(409, "Key could not be created", "KEY_QUOTA_ERR",
                "The instance has reached its limit of keys");
    }

    @Override
    public HttpResponse dress(Call call, HttpResponse response) {
        return response.with("Correlation-Id", call.header("Correlation-Id").orElseGet(() -> cloud.traces().uuid()));
    }
}
