package io.keyfold.workers.ibmcloud;

import static io.keyfold.workers.ibmcloud.UnexpectedAnswerException.present;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.ibm.cloud.ibm_key_protect_api.v2.model.CreateKeyOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.DeleteKeyOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.EnableKeyOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.GetImportToken;
import com.ibm.cloud.ibm_key_protect_api.v2.model.GetImportTokenOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.GetKeyMetadata;
import com.ibm.cloud.ibm_key_protect_api.v2.model.GetKeyMetadataOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.GetKeysOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.GetRegistrationsOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.Key;
import com.ibm.cloud.ibm_key_protect_api.v2.model.KeyFullRepresentation;
import com.ibm.cloud.ibm_key_protect_api.v2.model.KeyWithPayload;
import com.ibm.cloud.ibm_key_protect_api.v2.model.ListKeys;
import com.ibm.cloud.ibm_key_protect_api.v2.model.PostImportTokenOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.SetKeyForDeletionOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.UnsetKeyForDeletionOptions;
import io.keyfold.workers.rootkey.ImportToken;
import io.keyfold.workers.rootkey.KeyRegistration;
import io.keyfold.workers.rootkey.NewRootKey;
import io.keyfold.workers.rootkey.RootKey;
import io.keyfold.workers.rootkey.RootKeys;
import io.keyfold.workers.rootkey.SealedKeyMaterial;
import io.keyfold.workers.rootkey.SeenKey;
import io.keyfold.workers.step.Crn;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.InstanceAddress;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keys through the Key Protect SDK.
final class IbmRootKeys implements RootKeys {
    private static final String KEY_TYPE = "application/vnd.ibm.kms.key+json";
    private static final String RESTORE = "/api/v2/keys/{id}/restore";
    private static final String POLICIES = "/api/v2/keys/{id}/policies";
    private static final String POLICY_TYPE = "application/vnd.ibm.kms.policy+json";
    private static final Map<String, String> ROTATION = Map.of("policy", "rotation");
    private static final long DESTROYED = 5;
    /// Far longer than the two calls after it take; Key Protect takes 300 to 86400.
    private static final double TOKEN_SECONDS = 300;
    private static final int LEAST_BITS = 2048;
    /// All but destroyed.
    private static final List<Long> LIVING_STATES = List.of(0L, 1L, 2L, 3L);

    private final CloudApi api;
    private final KeyProtect keyProtect;

    IbmRootKeys(CloudApi api, KeyProtect keyProtect) {
        this.api = api;
        this.keyProtect = keyProtect;
    }

    @Override
    public Optional<RootKey> byAlias(InstanceAddress instance, String alias) {
        return metadata("find root key by alias", instance, alias)
                .filter(key -> key.aliases().contains(alias));
    }

    @Override
    public Optional<RootKey> byId(InstanceAddress instance, String keyId) {
        return metadata("get root key", instance, keyId).filter(key -> key.id().equals(keyId));
    }

    private Optional<RootKey> metadata(String what, InstanceAddress instance, String idOrAlias) {
        var options = new GetKeyMetadataOptions.Builder().id(idOrAlias).bluemixInstance(instance.guid()).build();
        return api.find(what, () -> keyProtect.in(instance).getKeyMetadata(options), IbmRootKeys::living);
    }

    @Override
    public Sighting sighting(InstanceAddress instance, String keyId) {
        var options = new GetKeyMetadataOptions.Builder().id(keyId).bluemixInstance(instance.guid()).build();
        var seen = api.find(
                "get root key", () -> keyProtect.in(instance).getKeyMetadata(options),
                answer -> Optional.of(seen(answer, keyId)));
        return seen.<Sighting>map(Sighting.Seen::new).orElseGet(() -> isKnown(instance) ? new Sighting.NoKey()
                : new Sighting.NoInstance());
    }

    private static SeenKey seen(GetKeyMetadata answer, String keyId) {
        var key = present(answer.getResources(), "resources").getFirst();
        if (!keyId.equals(key.getId())) {
            throw new UnexpectedAnswerException("the answer is about another key");
        }
        var ours = asOurs(key);
        // IBM's documentation is of two minds whether a deleted key is destroyed at once.
        var isDestroyed = ours.state() == RootKey.State.DESTROYED || Boolean.TRUE.equals(key.isDeleted());
        var guard = key.getDualAuthDelete();
        return new SeenKey(
                ours,
                guard != null && Boolean.TRUE.equals(guard.isEnabled()),
                isDestroyed
                        ? Optional.of(new SeenKey.Destruction(
                                instant(key.getDeletionDate()), instant(key.getRestoreExpirationDate()),
                                Optional.ofNullable(key.isRestoreAllowed())))
                        : Optional.empty(),
                guard != null && Boolean.TRUE.equals(guard.isKeySetForDeletion())
                        ? Optional.of(new SeenKey.DeletionMark(instant(guard.getAuthExpiration())))
                        : Optional.empty(),
                instant(key.getExpirationDate()));
    }

    /// All of an instance's keys, destroyed ones too, can only be missing with the instance.
    private boolean isKnown(InstanceAddress instance) {
        return api.find(
                "list root keys",
                () -> keyProtect.in(instance)
                        .getKeys(new GetKeysOptions.Builder().bluemixInstance(instance.guid()).limit(1).build()),
                answer -> Optional.of(present(answer.getMetadata(), "metadata"))).isPresent();
    }

    @Override
    public List<RootKey> named(InstanceAddress instance, String name) {
        return list("list root keys by name", instance, Optional.of("exact:name:" + name)).stream()
                .filter(key -> key.name().equals(name)).toList();
    }

    @Override
    public List<RootKey> all(InstanceAddress instance) {
        return list("list root keys", instance, Optional.empty());
    }

    private List<RootKey> list(String what, InstanceAddress instance, Optional<String> search) {
        return keyProtect.allPages(offset -> {
            var options = new GetKeysOptions.Builder()
                    .bluemixInstance(instance.guid())
                    .limit(KeyProtect.PAGE)
                    .offset(offset)
                    .state(LIVING_STATES);
            search.ifPresent(options::search);
            return ofKnownInstance(
                    () -> api.read(
                            what, () -> keyProtect.in(instance).getKeys(options.build()), IbmRootKeys::living));
        });
    }

    @Override
    public Creation create(InstanceAddress instance, NewRootKey wanted) {
        return create("create root key", instance, key(wanted));
    }

    @Override
    public ImportToken importToken(InstanceAddress instance) {
        // Neither leaves anything open: a token that nobody uses expires, and the next one takes its place.
        ofKnownInstance(() -> api.read(
                "create import token",
                () -> keyProtect.in(instance).postImportToken(new PostImportTokenOptions.Builder(instance.guid())
                        .expiration(TOKEN_SECONDS)
                        .maxAllowedRetrievals(1.0)
                        .build()),
                created -> created));
        return ofKnownInstance(() -> api.read(
                "get import token",
                () -> keyProtect.in(instance)
                        .getImportToken(new GetImportTokenOptions.Builder(instance.guid()).build()),
                IbmRootKeys::token));
    }

    private static ImportToken token(GetImportToken answer) {
        var pem = new String(present(answer.getPayload(), "payload"), StandardCharsets.US_ASCII);
        try {
            var encoded = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
            var key = KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(encoded));
            if (!(key instanceof RSAPublicKey rsa) || rsa.getModulus().bitLength() < LEAST_BITS) {
                throw new UnexpectedAnswerException("the import token's key is not one of RSA with 2048 bits or more");
            }
            return new ImportToken(rsa, present(answer.getNonce(), "nonce"));
        } catch (GeneralSecurityException notAKey) {
            throw new UnexpectedAnswerException("the import token's payload is not a public key in PEM");
        }
    }

    @Override
    public Creation importKey(InstanceAddress instance, NewRootKey wanted, SealedKeyMaterial material) {
        var key = key(wanted);
        key.addProperty("payload", material.payload());
        key.addProperty("encryptionAlgorithm", SealedKeyMaterial.ALGORITHM);
        key.addProperty("encryptedNonce", material.encryptedNonce());
        key.addProperty("iv", material.iv());
        return create("import root key", instance, key);
    }

    private Creation create(String what, InstanceAddress instance, JsonObject key) {
        var body = collection(KEY_TYPE, key).toString().getBytes(StandardCharsets.UTF_8);
        try {
            return ofKnownInstance(() -> api.create(
                    what,
                    () -> keyProtect.in(instance).createKey(new CreateKeyOptions.Builder()
                            .bluemixInstance(instance.guid())
                            .keyCreateBody(new ByteArrayInputStream(body))
                            .prefer("return=representation")
                            .build()),
                    IbmRootKeys::created));
        } catch (FaultException failure) {
            if (failure.fault().code() == FaultCode.NAME_TAKEN) {
                return new Creation.AliasTaken();
            }
            throw failure;
        }
    }

    /// All of an instance's keys can only be missing with the instance, which Key Protect may hear of later than the
    /// Resource Controller says that it is active.
    private static <T> T ofKnownInstance(Supplier<T> call) {
        try {
            return call.get();
        } catch (FaultException failure) {
            if (failure.fault().code() == FaultCode.NOT_FOUND) {
                throw new FaultException(
                        new Fault.Transient(FaultCode.TRANSIENT, failure.fault().answer(), Optional.empty()));
            }
            throw failure;
        }
    }

    private static JsonObject key(NewRootKey wanted) {
        var aliases = new JsonArray();
        aliases.add(wanted.alias());
        var key = new JsonObject();
        key.addProperty("type", KEY_TYPE);
        key.addProperty("name", wanted.name());
        key.add("aliases", aliases);
        key.addProperty("description", wanted.description());
        key.addProperty("extractable", false);
        return key;
    }

    private static JsonObject collection(String type, JsonObject resource) {
        var resources = new JsonArray();
        resources.add(resource);
        var metadata = new JsonObject();
        metadata.addProperty("collectionType", type);
        metadata.addProperty("collectionTotal", 1);
        var body = new JsonObject();
        body.add("metadata", metadata);
        body.add("resources", resources);
        return body;
    }

    @Override
    public void delete(InstanceAddress instance, String keyId) {
        // Never forced: what is registered with the key would be lost with it.
        var options = new DeleteKeyOptions.Builder()
                .id(keyId)
                .bluemixInstance(instance.guid())
                .force(false)
                .prefer("return=minimal")
                .build();
        api.delete("delete root key", () -> keyProtect.in(instance).deleteKey(options));
    }

    @Override
    public Optional<List<KeyRegistration>> registrations(InstanceAddress instance, String keyId) {
        try {
            return Optional.of(keyProtect.allPages(offset -> api.read(
                    "list a key's registrations",
                    () -> keyProtect.in(instance).getRegistrations(new GetRegistrationsOptions.Builder()
                            .id(keyId)
                            .bluemixInstance(instance.guid())
                            .limit(KeyProtect.PAGE)
                            .offset(offset)
                            .build()),
                    KeyProtect::registrations)));
        } catch (FaultException failure) {
            if (failure.fault().code() == FaultCode.NOT_FOUND) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    @Override
    public void enable(InstanceAddress instance, String keyId) {
        var options = new EnableKeyOptions.Builder().id(keyId).bluemixInstance(instance.guid()).build();
        api.act("enable root key", () -> keyProtect.in(instance).enableKey(options));
    }

    @Override
    public void restore(InstanceAddress instance, String keyId) {
        // The SDK hands out the answer as a stream, which a failure would leave open.
        api.act(
                "restore root key", () -> keyProtect.plainIn(instance).postIn(instance, RESTORE, Map.of("id", keyId)));
    }

    @Override
    public void setForDeletion(InstanceAddress instance, String keyId) {
        var options = new SetKeyForDeletionOptions.Builder().id(keyId).bluemixInstance(instance.guid()).build();
        api.act("agree to a key's deletion", () -> keyProtect.in(instance).setKeyForDeletion(options));
    }

    @Override
    public void unsetDeletion(InstanceAddress instance, String keyId) {
        var options = new UnsetKeyForDeletionOptions.Builder().id(keyId).bluemixInstance(instance.guid()).build();
        api.act("take back a key's deletion", () -> keyProtect.in(instance).unsetKeyForDeletion(options));
    }

    @Override
    public Optional<Integer> rotation(InstanceAddress instance, String keyId) {
        return ofKnownInstance(() -> api.read(
                "get a key's rotation",
                () -> keyProtect.plainIn(instance).getIn(instance, POLICIES, Map.of("id", keyId), ROTATION),
                IbmRootKeys::interval));
    }

    @Override
    public void rotateEvery(InstanceAddress instance, String keyId, int months) {
        var rotation = new JsonObject();
        rotation.addProperty("enabled", true);
        rotation.addProperty("interval_month", months);
        setPolicy("set a key's rotation", instance, keyId, "rotation", rotation);
    }

    @Override
    public void requireTwoToDelete(InstanceAddress instance, String keyId) {
        var guard = new JsonObject();
        guard.addProperty("enabled", true);
        setPolicy("have a key deleted by two only", instance, keyId, "dualAuthDelete", guard);
    }

    private void setPolicy(String what, InstanceAddress instance, String keyId, String name, JsonObject value) {
        var policy = new JsonObject();
        policy.addProperty("type", POLICY_TYPE);
        policy.add(name, value);
        ofKnownInstance(() -> api.create(
                what,
                () -> keyProtect.plainIn(instance)
                        .putIn(instance, POLICIES, Map.of("id", keyId), Map.of("policy", name),
                                collection(POLICY_TYPE, policy)),
                answer -> answer));
    }

    /// Without a policy there is no resource in the answer; one that is switched off rotates nothing.
    private static Optional<Integer> interval(JsonObject answer) {
        present(answer.get("metadata"), "metadata");
        if (answer.get("resources") == null) {
            return Optional.empty();
        }
        for (JsonElement policy : answer.getAsJsonArray("resources")) {
            var rotation = policy.getAsJsonObject().getAsJsonObject("rotation");
            if (rotation != null && (rotation.get("enabled") == null || rotation.get("enabled").getAsBoolean())) {
                return Optional.of(present(rotation.get("interval_month"), "interval_month").getAsInt());
            }
        }
        return Optional.empty();
    }

    private static Optional<RootKey> living(GetKeyMetadata answer) {
        return present(answer.getResources(), "resources").stream()
                .filter(key -> present(key.getState(), "state") != DESTROYED)
                .map(IbmRootKeys::asOurs)
                .findFirst();
    }

    private static KeyProtect.Page<RootKey> living(ListKeys answer) {
        present(answer.getMetadata(), "metadata");
        // Without any keys there is no list either.
        List<KeyFullRepresentation> listed = answer.getResources() == null ? List.of() : answer.getResources();
        var keys = new ArrayList<RootKey>();
        for (var key : listed) {
            if (present(key.getState(), "state") != DESTROYED) {
                keys.add(asOurs(key));
            }
        }
        return new KeyProtect.Page<>(keys, listed.size());
    }

    private static Creation created(Key answer) {
        var keys = present(answer.getResources(), "resources");
        if (keys.size() != 1) {
            throw new UnexpectedAnswerException("the answer has " + keys.size() + " keys for the one created");
        }
        return new Creation.Created(asOurs(keys.getFirst()));
    }

    // The SDK has two classes for the same key; neither the material nor the class that could hold it goes further.
    private static RootKey asOurs(KeyFullRepresentation key) {
        return asOurs(
                key.getCrn(), key.getId(), key.getName(), key.getAliases(), key.getState(), key.isExtractable(),
                key.isImported(), key.getCreationDate(), key.getCreatedBy());
    }

    private static RootKey asOurs(KeyWithPayload key) {
        return asOurs(
                key.getCrn(), key.getId(), key.getName(), key.getAliases(), key.getState(), key.isExtractable(),
                key.isImported(), key.getCreationDate(), key.getCreatedBy());
    }

    private static RootKey asOurs(
            String crn, String id, String name, List<String> aliases, Long state, Boolean extractable, Boolean imported,
            Date createdAt, String createdBy) {
        return new RootKey(
                new Crn(present(crn, "crn")),
                present(id, "id"),
                present(name, "name"),
                aliases == null ? List.of() : aliases,
                state(present(state, "state")),
                present(extractable, "extractable"),
                Boolean.FALSE.equals(imported),
                instant(createdAt),
                Optional.ofNullable(createdBy));
    }

    private static Optional<Instant> instant(@Nullable Date date) {
        return Optional.ofNullable(date).map(Date::toInstant);
    }

    private static RootKey.State state(long number) {
        return switch ((int) number) {
            case 0 -> RootKey.State.PRE_ACTIVE;
            case 1 -> RootKey.State.ACTIVE;
            case 2 -> RootKey.State.SUSPENDED;
            case 3 -> RootKey.State.DEACTIVATED;
            case (int) DESTROYED -> RootKey.State.DESTROYED;
            default -> RootKey.State.UNKNOWN;
        };
    }
}
