package io.keyfold.emulator.keyprotect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.resourcecontroller.Instance;
import io.keyfold.emulator.resourcecontroller.Instances;
import io.keyfold.emulator.resourcecontroller.Tenants;
import io.keyfold.emulator.service.Call;
import io.keyfold.emulator.service.Cloud;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Refusal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/// The vaults of all Key Protect instances. Used with the state locked; what tests call locks it.
public final class Vaults implements Tenants {

    private final Cloud cloud;
    private final Instances instances;
    private final Map<String, Vault> vaults = new LinkedHashMap<>();

    public Vaults(Cloud cloud, Instances instances) {
        this.cloud = cloud;
        this.instances = instances;
    }

    /// What a call is about: the instance named in its header, if it can be used.
    record Open(Instance instance, Vault vault) {}

    Open open(Call call) throws Refusal {
        String guid = call.header("Bluemix-Instance").orElseThrow(() -> new Refusal(KeyProtectErrors.withoutMiddle(400,
                "Bad Request: Bluemix-Instance header is required", "INVALID_FIELD_ERR",
                "The field `bluemix-instance` must be: the GUID of a Key Protect instance")));
        call.touched().instance(guid);
        Instance instance = instances.find(guid).filter(one -> one.guid().equals(guid))
                .filter(one -> one.account().equals(call.caller().account()))
                .filter(one -> call.region().map(one.region()::equals).orElse(true))
                .filter(one -> one.offering().service().equals("kms") && one.isActive(call.now()))
                .orElseThrow(() -> new Refusal(KeyProtectErrors.withoutMiddle(404,
                        "Not Found: Instance could not be found", "INSTANCE_NOT_FOUND_ERR",
                        "The instance does not exist, or cannot be used in its present state")));
        return new Open(instance, of(guid));
    }

    Vault of(String guid) {
        return vaults.computeIfAbsent(guid, _ -> new Vault(cloud.now()));
    }

    @Override
    public long liveKeys(String guid) {
        Vault vault = vaults.get(guid);
        return vault == null ? 0 : vault.live();
    }

    @Override
    public void removed(String guid) {
        vaults.remove(guid);
    }

    Key newKey(Instance instance, Key.Labels labels, boolean extractable, boolean imported, Optional<String> payload,
            String createdBy, Instant visibleFrom, boolean dualAuthorization) {
        return newKey(cloud.ids().uuid(), instance, labels, extractable, imported, payload, createdBy, visibleFrom,
                dualAuthorization);
    }

    private Key newKey(String id, Instance instance, Key.Labels labels, boolean extractable, boolean imported,
            Optional<String> payload, String createdBy, Instant visibleFrom, boolean dualAuthorization) {
        Instant now = cloud.now();
        String crn = "crn:v1:bluemix:public:kms:" + instance.region() + ":a/" + instance.account() + ":"
                + instance.guid() + ":key:" + id;
        return new Key(id, crn, extractable, imported, payload, now, createdBy, visibleFrom, labels,
                new Key.Life(Key.ACTIVE, now, createdBy), List.of(new Key.Version(cloud.ids().uuid(), now)),
                new Key.Guard(dualAuthorization, Optional.empty(), Optional.empty()));
    }

    /// A key that someone else has made.
    public String seedKey(String guid, String name, List<String> aliases, boolean extractable, int state,
            String createdBy) {
        return seedKey(cloud.ids().uuid(), guid, name, aliases, extractable, state, createdBy);
    }

    /// The same with an id that it had elsewhere.
    public String seedKey(String id, String guid, String name, List<String> aliases, boolean extractable, int state,
            String createdBy) {
        return cloud.locked(() -> {
            Instance instance = instances.find(guid)
                    .orElseThrow(() -> new IllegalArgumentException("there is no instance " + guid));
            var labels = new Key.Labels(name, "", aliases, Vault.DEFAULT_RING, Optional.empty());
            Optional<String> payload = extractable ? Optional.of(KeyCreation.MADE_UP)
                    : Optional.empty();
            Key key = newKey(id, instance, labels, extractable, false, payload, createdBy, cloud.now(), false);
            of(guid).put(cloud.now(), key.with(new Key.Life(state, cloud.now(), createdBy)));
            return key.id();
        });
    }

    /// A resource that uses the key from now on.
    public void register(String guid, String keyId, String resourceCrn, boolean preventsDeletion, String createdBy) {
        cloud.locked(() -> {
            Vault vault = of(guid);
            if (vault.withId(keyId).isEmpty()) {
                throw new IllegalArgumentException("there is no key " + keyId + " in instance " + guid);
            }
            vault.registrations.add(new Registration(keyId, resourceCrn, createdBy, cloud.now(), preventsDeletion, ""));
            return true;
        });
    }

    /// The resource is gone, and has let go of its keys.
    public int deregister(String resourceCrn) {
        return cloud.locked(() -> {
            int before = registrations().size();
            vaults.values().forEach(vault -> vault.registrations
                    .removeIf(registration -> registration.resourceCrn().equals(resourceCrn)));
            return before - registrations().size();
        });
    }

    /// Takes a key away behind everyone's back, whatever is registered with it: it is then destroyed.
    public boolean destroy(String keyId, String by) {
        return move(keyId, Key.DESTROYED, by);
    }

    /// Brings a key into a state behind everyone's back.
    public boolean move(String keyId, int state, String by) {
        return change(keyId, (vault, key) -> vault.put(cloud.now(), key.with(new Key.Life(state, cloud.now(), by))));
    }

    /// Agrees, under dual authorization, to a key's deletion, or takes that back.
    public boolean markForDeletion(String keyId, boolean marked, String by) {
        return change(keyId, (vault, key) -> vault.put(
                cloud.now(), key.with(new Key.Guard(
                        true, Optional.of(by).filter(_ -> marked), Optional.of(cloud.now()).filter(_ -> marked)))));
    }

    /// Nothing of a key is left.
    public boolean purge(String keyId) {
        return change(keyId, (vault, _) -> vault.purge(cloud.now(), keyId));
    }

    private boolean change(String keyId, BiConsumer<Vault, Key> change) {
        return cloud.locked(() -> {
            for (Vault vault : vaults.values()) {
                Optional<Key> key = vault.withId(keyId);
                if (key.isPresent()) {
                    change.accept(vault, key.get());
                    return true;
                }
            }
            return false;
        });
    }

    public void clear() {
        cloud.locked(() -> {
            vaults.clear();
            return true;
        });
    }

    public ArrayNode keysJson() {
        return cloud.locked(() -> {
            ArrayNode all = Json.array();
            vaults.forEach((guid, vault) -> vault.keys().forEach(key -> {
                ObjectNode json = KeyJson.key(key, cloud.now(), false).put("instance", guid);
                all.add(json.put("registrations", vault.registrationsOf(key.id()).count()));
            }));
            return all;
        });
    }

    public ArrayNode registrationsJson() {
        return cloud.locked(this::registrations);
    }

    private ArrayNode registrations() {
        ArrayNode all = Json.array();
        vaults.forEach((guid, vault) -> vault.registrations.forEach(registration -> vault
                .withId(registration.keyId())
                .ifPresent(key -> all.add(registration.json(key.newest()).put("instance", guid)))));
        return all;
    }
}
