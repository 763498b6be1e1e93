package io.keyfold.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.ibm.cloud.ibm_key_protect_api.v2.model.CreateKeyAliasOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.DeleteKeyOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.DisableKeyOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.EnableKeyOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.GetKeyCollectionMetadataOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.GetKeyMetadataOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.GetKeyOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.GetKeysOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.GetRegistrationsOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.KeyFullRepresentation;
import com.ibm.cloud.ibm_key_protect_api.v2.model.KeyWithPayload;
import com.ibm.cloud.ibm_key_protect_api.v2.model.ListKeyRingsOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.PurgeKeyOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.RestoreKeyOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.RotateKeyOptions;
import com.ibm.cloud.sdk.core.service.exception.ConflictException;
import com.ibm.cloud.sdk.core.service.exception.NotFoundException;
import com.ibm.cloud.sdk.core.service.exception.ServiceResponseException;
import com.ibm.cloud.sdk.core.service.exception.UnauthorizedException;
import io.keyfold.emulator.service.Role;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyProtectTest {

    private final EmulatorServer emulator = EmulatorServer.start(EmulatorSettings.usual());
    private final IbmClients ibm = IbmClients.of(emulator);
    private final String instance = ibm.createInstance("hpc-1-kms").getGuid();
    private final Raw raw = Raw.with(emulator, EmulatorSettings.USUAL_API_KEY).in(instance);

    @AfterEach
    void stop() {
        emulator.close();
    }

    private KeyFullRepresentation metadata(String idOrAlias) {
        return ibm.keyProtect.getKeyMetadata(new GetKeyMetadataOptions.Builder(idOrAlias, instance).build()).execute()
                .getResult().getResources().getFirst();
    }

    private List<String> search(String search) {
        return ibm.keyProtect.getKeys(new GetKeysOptions.Builder(instance).search(search).build()).execute().getResult()
                .getResources().stream().map(KeyFullRepresentation::getName).toList();
    }

    private void delete(String id) {
        ibm.keyProtect.deleteKey(
                new DeleteKeyOptions.Builder(id, instance).force(false).prefer("return=representation").build())
                .execute();
    }

    private static void assertReason(ThrowingCallable call, int status, String code) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ServiceResponseException.class, refused -> {
            assertThat(refused.getStatusCode()).isEqualTo(status);
            assertThat(refused.getResponseBody()).contains("\"code\":\"" + code + "\"", "errorMsg",
                    "application/vnd.ibm.kms.error+json");
        });
    }

    @Test
    void a_root_key_is_created_and_read_by_id_and_alias() {
        KeyWithPayload created = ibm.createRootKey(instance, "hpc-1-key", "kf-default-a-1-key-1");

        assertThat(created.getState()).isEqualTo(1);
        assertThat(created.isExtractable()).isFalse();
        assertThat(created.getPayload()).isNull();
        assertThat(created.getCreatedBy()).startsWith("iam-ServiceId-");
        assertThat(created.getCrn()).isEqualTo("crn:v1:bluemix:public:kms:us-south:a/" + Bodies.ACCOUNT + ":" + instance
                + ":key:" + created.getId());
        assertThat(metadata(created.getId()).getAliases()).containsExactly("kf-default-a-1-key-1");
        assertThat(metadata("kf-default-a-1-key-1").getId()).isEqualTo(created.getId());
    }

    @Test
    void names_repeat_but_an_alias_does_not() {
        ibm.createRootKey(instance, "same", "kf-1");
        ibm.createRootKey(instance, "same", "kf-2");

        assertReason(() -> ibm.createRootKey(instance, "same", "kf-1"), 409, "KEY_ALIAS_NOT_UNIQUE_ERR");
        assertThat(search("exact:name:same")).hasSize(2);
    }

    @Test
    void an_alias_is_free_again_once_its_key_is_destroyed_unless_it_is_to_be_held() {
        delete(ibm.createRootKey(instance, "first", "kf-1").getId());
        ibm.createRootKey(instance, "second", "kf-1");
        assertThat(metadata("kf-1").getName()).isEqualTo("second");

        emulator.cloud().cloud().behave(emulator.cloud().cloud().behaviour()
                .changed(Raw.tree("{\"destroyed.key.holds.alias\": true}")));
        delete(ibm.createRootKey(instance, "third", "kf-3").getId());
        assertReason(() -> ibm.createRootKey(instance, "fourth", "kf-3"), 409, "KEY_ALIAS_NOT_UNIQUE_ERR");
        assertThat(metadata("kf-3").getState()).isEqualTo(5);
    }

    @Test
    void keys_are_searched_by_part_exactly_by_name_and_by_alias() {
        ibm.createRootKey(instance, "hpc-1-key", "mark-one");
        ibm.createRootKey(instance, "hpc-1-key-old", "mark-two");

        assertThat(search("HPC-1")).containsExactlyInAnyOrder("hpc-1-key", "hpc-1-key-old");
        assertThat(search("exact:name:hpc-1-key")).containsExactly("hpc-1-key");
        assertThat(search("exact:alias:mark-two")).containsExactly("hpc-1-key-old");
        assertThat(search("not:exact:name:hpc-1-key")).containsExactly("hpc-1-key-old");
        assertThat(search("escape:not:x")).isEmpty();
    }

    @Test
    void destroyed_keys_are_listed_only_by_state() {
        delete(ibm.createRootKey(instance, "gone", "kf-1").getId());
        ibm.createRootKey(instance, "here", "kf-2");
        var byState = new GetKeysOptions.Builder(instance).addState(1L).addState(5L).build();

        assertThat(ibm.keyProtect.getKeys(new GetKeysOptions.Builder(instance).build()).execute().getResult()
                .getResources()).hasSize(1);
        assertThat(ibm.keyProtect.getKeys(byState).execute().getResult().getResources()).hasSize(2);
        var head = ibm.keyProtect
                .getKeyCollectionMetadata(new GetKeyCollectionMetadataOptions.Builder(instance).build()).execute();
        assertThat(head.getHeaders().values("Key-Total")).containsExactly("1");
    }

    @Test
    void a_deleted_key_shows_its_metadata_and_nothing_else() {
        String id = ibm.createRootKey(instance, "gone", "kf-1").getId();
        delete(id);

        assertThat(metadata(id).getState()).isEqualTo(5);
        assertThat(metadata(id).isDeleted()).isTrue();
        assertThat(metadata(id).getDeletedBy()).startsWith("iam-ServiceId-");
        assertReason(() -> delete(id), 410, "KEY_DELETED_ERR");
        assertReason(() -> ibm.keyProtect.getKey(new GetKeyOptions.Builder(id, instance).build()).execute(), 410,
                "KEY_DELETED_ERR");
    }

    @Test
    void a_key_in_use_is_deleted_only_by_force_and_a_protected_one_not_even_so() {
        String id = ibm.createRootKey(instance, "used", "kf-1").getId();
        String volume = "crn:v1:bluemix:public:is:eu-de-1:a/" + Bodies.ACCOUNT + "::volume:r010-1";
        emulator.cloud().vaults().register(instance, id, volume, false, "is");

        var registrations = ibm.keyProtect
                .getRegistrations(new GetRegistrationsOptions.Builder(id, instance).totalCount(true).build()).execute()
                .getResult();
        assertThat(registrations.getResources().getFirst().getResourceCrn()).isEqualTo(volume);
        assertThat(registrations.getMetadata().getTotalCount()).isEqualTo(1);
        assertReason(() -> delete(id), 409, "PROTECTED_RESOURCE_ERR");
        assertThat(raw.delete("/api/v2/keys/" + id).body())
                .contains("\"target\":{\"type\":\"query_param\",\"name\":\"force\"}");

        emulator.cloud().vaults().register(instance, id, volume + "-worm", true, "cloud-object-storage");
        assertReason(() -> ibm.keyProtect
                .deleteKey(new DeleteKeyOptions.Builder(id, instance).force(true).build()).execute(), 409,
                "PREV_KEY_DEL_ERR");
        emulator.cloud().vaults().deregister(volume + "-worm");
        ibm.keyProtect.deleteKey(new DeleteKeyOptions.Builder(id, instance).force(true).build()).execute();
        assertThat(metadata(id).getState()).isEqualTo(5);
        assertThat(raw.get("/api/v2/keys/" + id + "/registrations").body()).contains(volume);
        assertThat(raw.get("/api/v2/keys/registrations").body()).doesNotContain(volume);
    }

    @Test
    void a_deleted_key_is_restored_after_30_seconds() throws IOException {
        String id = ibm.createRootKey(instance, "back", "kf-1").getId();
        delete(id);

        assertReason(() -> restore(id), 409, "REQ_TOO_EARLY_ERR");
        emulator.cloud().clock().advance(Duration.ofSeconds(30));
        restore(id);

        assertThat(metadata("kf-1").getState()).isEqualTo(1);
    }

    private void restore(String id) throws IOException {
        try (InputStream body = ibm.keyProtect
                .restoreKey(new RestoreKeyOptions.Builder(id, instance, IbmClients.stream("{}")).build()).execute()
                .getResult()) {
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).contains(id);
        }
    }

    @Test
    void a_purge_needs_its_own_role_and_four_hours() {
        String id = ibm.createRootKey(instance, "gone", "kf-1").getId();
        delete(id);
        var purge = new PurgeKeyOptions.Builder(id, instance).prefer("return=minimal").build();
        assertThatThrownBy(() -> ibm.keyProtect.purgeKey(purge).execute()).isInstanceOf(UnauthorizedException.class);

        emulator.cloud().addApiKey("purger", "purger", Bodies.ACCOUNT, EnumSet.allOf(Role.class));
        IbmClients purger = IbmClients.of(emulator, "purger");
        assertReason(() -> purger.keyProtect.purgeKey(purge).execute(), 409, "REQ_TOO_EARLY_ERR");
        emulator.cloud().clock().advance(Duration.ofHours(4));
        // the token of an hour is over by now
        IbmClients.of(emulator, "purger").keyProtect.purgeKey(purge).execute();
        assertThatThrownBy(() -> IbmClients.of(emulator).keyProtect
                .getKeyMetadata(new GetKeyMetadataOptions.Builder(id, instance).build()).execute())
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void a_key_is_disabled_enabled_and_rotated_once_an_hour() {
        String id = ibm.createRootKey(instance, "turning", "kf-1").getId();
        ibm.keyProtect.disableKey(new DisableKeyOptions.Builder(id, instance).build()).execute();
        assertThat(metadata(id).getState()).isEqualTo(2);
        assertReason(() -> rotate(id), 409, "KEY_ACTION_INVALID_STATE_ERR");
        assertReason(() -> enable(id), 409, "REQ_TOO_EARLY_ERR");
        emulator.cloud().clock().advance(Duration.ofSeconds(30));
        enable(id);

        String before = metadata(id).getKeyVersion().getId();
        rotate(id);
        assertThat(metadata(id).getKeyVersion().getId()).isNotEqualTo(before);
        assertReason(() -> rotate(id), 409, "KEY_ROTATION_NOT_PERMITTED");
    }

    private void enable(String id) {
        ibm.keyProtect.enableKey(new EnableKeyOptions.Builder(id, instance).build()).execute();
    }

    private void rotate(String id) {
        ibm.keyProtect.rotateKey(new RotateKeyOptions.Builder(id, instance).build()).execute();
    }

    @Test
    void aliases_come_and_go_and_at_most_five_stay() {
        String id = ibm.createRootKey(instance, "named", "kf-1").getId();
        for (int at = 2; at <= 5; at++) {
            alias(id, "kf-" + at);
        }
        assertReason(() -> alias(id, "kf-6"), 400, "INVALID_FIELD_ERR");
        assertReason(() -> alias(id, "7b1f3c0e-0000-4000-8000-0000000000aa"), 400, "INVALID_FIELD_ERR");
        assertThat(raw.delete("/api/v2/keys/" + id + "/aliases/kf-5").statusCode()).isEqualTo(204);
        assertThat(metadata(id).getAliases()).hasSize(4);
    }

    private void alias(String id, String alias) {
        var created = ibm.keyProtect.createKeyAlias(new CreateKeyAliasOptions.Builder(id, alias, instance).build())
                .execute().getResult().getResources().getFirst();
        assertThat(created.getAlias()).isEqualTo(alias);
    }

    @Test
    void an_instance_policy_can_forbid_creating_and_importing() {
        assertThat(raw.call("PUT", "/api/v2/instance/policies?policy=keyCreateImportAccess", """
                {"metadata": {"collectionType": "application/vnd.ibm.kms.policy+json", "collectionTotal": 1},
                 "resources": [{"policy_type": "keyCreateImportAccess", "policy_data": {"enabled": true,
                   "attributes": {"create_root_key": false, "import_root_key": true}}}]}""").statusCode())
                .isEqualTo(204);

        assertReason(() -> ibm.createRootKey(instance, "never", "kf-1"), 409, "KEY_CREATE_IMPORT_ACCESS_ERR");
        assertThat(raw.get("/api/v2/instance/policies").body()).contains("keyCreateImportAccess");
    }

    @Test
    void two_must_agree_where_deletion_needs_two() {
        raw.call("PUT", "/api/v2/instance/policies", """
                {"resources": [{"policy_type": "dualAuthDelete", "policy_data": {"enabled": true}}]}""");
        String id = ibm.createRootKey(instance, "guarded", "kf-1").getId();
        emulator.cloud().addApiKey("second", "second", Bodies.ACCOUNT, Role.ordinary());
        Raw second = Raw.with(emulator, "second").in(instance);

        assertReason(() -> delete(id), 409, "AUTHORIZATIONS_NOT_MET");
        assertThat(raw.post("/api/v2/keys/" + id + "/actions/setKeyForDeletion", "").statusCode()).isEqualTo(204);
        assertReason(() -> delete(id), 409, "AUTHORIZATIONS_NOT_MET");
        assertThat(second.delete("/api/v2/keys/" + id).statusCode()).isEqualTo(200);
    }

    @Test
    void key_rings_hold_keys_until_they_are_empty() {
        assertThat(raw.post("/api/v2/key_rings/ring-1", "").statusCode()).isEqualTo(201);
        Raw inRing = raw.withHeader("X-Kms-Key-Ring", "ring-1");
        String id = Raw.json(inRing.post("/api/v2/keys", Bodies.rootKey("ringed", "kf-1"))).path("resources").path(0)
                .path("id").asText();

        assertThat(metadata(id).getKeyRingId()).isEqualTo("ring-1");
        assertThat(ibm.keyProtect.listKeyRings(new ListKeyRingsOptions.Builder(instance).build()).execute().getResult()
                .getResources()).hasSize(2);
        assertThat(raw.delete("/api/v2/key_rings/ring-1").body()).contains("KEY_RING_NOT_EMPTY_ERR");
        delete(id);
        assertThat(raw.delete("/api/v2/key_rings/ring-1?force=true").statusCode()).isEqualTo(204);
    }

    @Test
    void what_is_wrong_with_a_body_has_its_own_code() {
        assertCode(raw.post("/api/v2/keys", "").body(), "NO_BODY_ERR");
        assertCode(raw.post("/api/v2/keys", "{").body(), "BAD_BODY_ERR");
        assertCode(raw.post("/api/v2/keys", "{\"resources\":[]}").body(), "NUM_COLLECTION_RESOURCE_ERR");
        assertCode(raw.post("/api/v2/keys",
                Bodies.rootKey("x1", "kf-1").replace("\"collectionTotal\":1", "\"collectionTotal\":2")).body(),
                "COLLECTION_TOTAL_MISMATCH_ERR");
        assertCode(raw.post("/api/v2/keys", Bodies.rootKey("x", "kf-1")).body(), "INVALID_FIELD_ERR");
        String short15Bytes = "{\"name\":\"imported\",\"extractable\":false,\"payload\":\"MTIzNDU2Nzg5MDEyMzQ1\"}";
        String answer = raw.post("/api/v2/keys", Bodies.key(short15Bytes)).body();
        assertCode(answer, "INVALID_FIELD_ERR");
        assertThat(answer).doesNotContain("MTIzNDU2Nzg5MDEyMzQ1");
    }

    private static void assertCode(String body, String code) {
        assertThat(body).contains("\"code\":\"" + code + "\"");
    }

    @Test
    void a_caller_sees_only_what_the_roles_allow_and_gets_401_otherwise() {
        emulator.cloud().addApiKey("reader", "reader", Bodies.ACCOUNT, Set.of(Role.READER));
        String id = ibm.createRootKey(instance, "seen", "kf-1").getId();
        IbmClients reader = IbmClients.of(emulator, "reader");

        assertThat(reader.keyProtect.getKeyMetadata(new GetKeyMetadataOptions.Builder(id, instance).build()).execute()
                .getResult().getResources()).hasSize(1);
        assertReason(() -> reader.createRootKey(instance, "mine", "kf-2"), 401, "UNAUTHORIZED_ERR");
        assertReason(() -> reader.keyProtect.deleteKey(new DeleteKeyOptions.Builder(id, instance).build()).execute(),
                401, "UNAUTHORIZED_ERR");
    }

    @Test
    void minimal_answers_are_minimal_and_correlation_ids_come_back() {
        var created = raw.withHeader("Correlation-Id", "corr-1").withHeader("Prefer", "return=minimal")
                .post("/api/v2/keys", Bodies.rootKey("x1", "kf-1"));
        String id = Raw.json(created).path("resources").path(0).path("id").asText();
        var deleted = raw.withHeader("Prefer", "return=minimal").delete("/api/v2/keys/" + id);

        assertThat(created.headers().firstValue("Correlation-Id")).contains("corr-1");
        assertThat(created.headers().firstValue("Content-Type")).contains("application/vnd.ibm.kms.key+json");
        assertThat(deleted.statusCode()).isEqualTo(204);
        assertThat(deleted.body()).isEmpty();
    }

    @Test
    void the_keys_of_an_instance_live_and_end_with_it() {
        Raw elsewhere = raw.in("7b1f3c0e-0000-4000-8000-0000000000aa");
        assertThat(elsewhere.get("/api/v2/keys").statusCode()).isEqualTo(404);
        JsonNode missing = Raw.json(Raw.with(emulator, EmulatorSettings.USUAL_API_KEY).get("/api/v2/keys"));
        assertThat(missing.path("resources").path(0).path("errorMsg").asText()).contains("Bluemix-Instance");

        delete(ibm.createRootKey(instance, "x1", "kf-1").getId());
        Raw.with(emulator, EmulatorSettings.USUAL_API_KEY).delete("/v2/resource_instances/" + instance);
        assertThat(raw.get("/api/v2/keys").statusCode()).isEqualTo(404);
    }

    @Test
    void a_region_s_endpoint_knows_only_its_own_instances() {
        ibm.keyProtect.setServiceUrl(emulator.baseUrl() + "/regions/us-south");
        String id = ibm.createRootKey(instance, "near", "kf-1").getId();
        assertThat(metadata(id).getName()).isEqualTo("near");

        ibm.keyProtect.setServiceUrl(emulator.baseUrl() + "/regions/eu-de");
        assertThatThrownBy(() -> metadata(id)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void a_conflict_is_an_exception_of_its_own_in_ibms_sdk() {
        ibm.createRootKey(instance, "x1", "kf-1");
        assertThatThrownBy(() -> ibm.createRootKey(instance, "x2", "kf-1")).isInstanceOf(ConflictException.class);
    }
}
