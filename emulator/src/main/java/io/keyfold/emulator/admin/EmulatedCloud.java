package io.keyfold.emulator.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.faults.FaultRuleReader;
import io.keyfold.emulator.faults.FaultRules;
import io.keyfold.emulator.iam.ApiKeys;
import io.keyfold.emulator.iam.IdentityApi;
import io.keyfold.emulator.iam.Policies;
import io.keyfold.emulator.iam.PolicyApi;
import io.keyfold.emulator.iam.ResourceGroupApi;
import io.keyfold.emulator.iam.ResourceGroups;
import io.keyfold.emulator.iam.Tokens;
import io.keyfold.emulator.iam.TrustedProfiles;
import io.keyfold.emulator.keyprotect.KeyProtectApi;
import io.keyfold.emulator.keyprotect.Vaults;
import io.keyfold.emulator.resourcecontroller.Instances;
import io.keyfold.emulator.resourcecontroller.ResourceControllerApi;
import io.keyfold.emulator.service.Api;
import io.keyfold.emulator.service.Behaviour;
import io.keyfold.emulator.service.CallCounts;
import io.keyfold.emulator.service.Caller;
import io.keyfold.emulator.service.Cloud;
import io.keyfold.emulator.service.EffectLog;
import io.keyfold.emulator.service.EmulatorClock;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Role;
import io.keyfold.emulator.service.Route;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/// All that is emulated, wired together, with what a test may ask of it and do to it.
public final class EmulatedCloud {

    private final Cloud cloud;
    private final long seed;
    private final String account;
    private final List<String> groupNames;
    private final ApiKeys apiKeys = new ApiKeys();
    private final TrustedProfiles profiles = new TrustedProfiles();
    private final ResourceGroups groups = new ResourceGroups();
    private final Tokens tokens;
    private final Instances instances;
    private final Vaults vaults;
    private final Policies policies;
    private final FaultRules faults;
    private final EffectLog effects = new EffectLog();
    private final CallCounts counts = new CallCounts();
    private final List<Route> routes;

    public EmulatedCloud(long seed, String account, List<String> groupNames, Behaviour behaviour,
            InstantSource machine) {
        this.seed = seed;
        this.account = account;
        this.groupNames = List.copyOf(groupNames);
        this.cloud = new Cloud(new EmulatorClock(machine), seed, behaviour);
        this.faults = new FaultRules(seed);
        this.tokens = new Tokens(cloud, apiKeys, profiles);
        this.instances = new Instances(cloud);
        this.vaults = new Vaults(cloud, instances);
        this.policies = new Policies(cloud);
        addGroups();
        List<Api> apis = List.of(new IdentityApi(cloud, apiKeys, profiles, tokens), new ResourceGroupApi(cloud, groups),
                new ResourceControllerApi(cloud, instances, groups, vaults), new KeyProtectApi(cloud, vaults),
                new PolicyApi(cloud, policies));
        this.routes = apis.stream().flatMap(api -> api.routes().stream()).toList();
    }

    private void addGroups() {
        for (int at = 0; at < groupNames.size(); at++) {
            addResourceGroup(account, groupNames.get(at), at == 0);
        }
        apiKeys.accounts().forEach(this::requireGroup);
    }

    /// No account is without a default group.
    private void requireGroup(String ofAccount) {
        if (groups.of(ofAccount).isEmpty()) {
            addResourceGroup(ofAccount, "Default", true);
        }
    }

    /// The id depends on account and name alone, so that it is the same in every emulator.
    public String addResourceGroup(String ofAccount, String name, boolean isDefault) {
        String id = UUID.nameUUIDFromBytes((ofAccount + "/" + name).getBytes(StandardCharsets.UTF_8)).toString()
                .replace("-", "");
        groups.add(new ResourceGroups.Group(id, ofAccount, name, isDefault, cloud.now()));
        return id;
    }

    /// A key from the settings: `key`, or `key=Role+Role`. Its owner is called after its place: `key-1`, `key-2`.
    public void addStartingKey(String definition) {
        int equals = definition.indexOf('=');
        Set<Role> roles = equals < 0 ? Role.ordinary() : roles(List.of(definition.substring(equals + 1).split("\\+")));
        String secret = equals < 0 ? definition : definition.substring(0, equals);
        addApiKey(secret, "key-" + (apiKeys.json().size() + 1), account, roles);
    }

    /// @return the IAM id of the service ID that owns the key
    public String addApiKey(String secret, String name, String ofAccount, Set<Role> roles) {
        String iamId = "iam-ServiceId-"
                + UUID.nameUUIDFromBytes((ofAccount + "/" + name).getBytes(StandardCharsets.UTF_8));
        apiKeys.add(secret, new Caller(name, iamId, ofAccount, roles));
        requireGroup(ofAccount);
        return iamId;
    }

    /// A trusted profile, or another token for its container.
    ///
    /// @return the profile's id
    public String addProfile(String name, String containerToken, String ofAccount, Set<Role> roles) {
        String id = "Profile-" + UUID.nameUUIDFromBytes((ofAccount + "/" + name).getBytes(StandardCharsets.UTF_8));
        profiles.add(id, containerToken, new Caller(name, "iam-" + id, ofAccount, roles));
        requireGroup(ofAccount);
        return id;
    }

    static Set<Role> roles(List<String> names) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        names.forEach(name -> roles.add(Role.named(name.trim())
                .orElseThrow(() -> new IllegalArgumentException("there is no role " + name))));
        return roles;
    }

    /// One rule or an array of them, as JSON.
    public void addFaults(String json) {
        FaultRuleReader.read(json).forEach(faults::add);
    }

    /// Everything that is there now.
    public ObjectNode state() {
        return cloud.locked(() -> {
            ObjectNode state = Json.object().put("time", cloud.now().toString()).put("seed", seed).put("account",
                    account);
            state.set("instances", instances.json());
            state.set("keys", vaults.keysJson());
            state.set("registrations", vaults.registrationsJson());
            state.set("policies", policies.json());
            state.set("reclamations", instances.reclamationsJson());
            state.set("api_keys", apiKeys.json());
            state.set("profiles", profiles.json());
            state.set("resource_groups", Json.array(
                    Stream.of(account).flatMap(id -> groups.of(id).stream()).toList(),
                    group -> Json.object().put("id", group.id()).put("name", group.name())));
            state.set("behaviour", cloud.behaviour().json());
            return state;
        });
    }

    /// Back to the start, but with the API keys: those who hold them go on working.
    public void reset() {
        cloud.locked(() -> {
            instances.clear();
            vaults.clear();
            policies.clear();
            groups.clear();
            addGroups();
            faults.clear();
            effects.clear();
            counts.clear();
            cloud.reset();
            return true;
        });
    }

    public Cloud cloud() {
        return cloud;
    }

    public EmulatorClock clock() {
        return cloud.clock();
    }

    public String account() {
        return account;
    }

    public long seed() {
        return seed;
    }

    public List<Route> routes() {
        return routes;
    }

    public ApiKeys apiKeys() {
        return apiKeys;
    }

    public Tokens tokens() {
        return tokens;
    }

    public ResourceGroups groups() {
        return groups;
    }

    public Instances instances() {
        return instances;
    }

    public Vaults vaults() {
        return vaults;
    }

    public Policies policies() {
        return policies;
    }

    public FaultRules faults() {
        return faults;
    }

    public EffectLog effects() {
        return effects;
    }

    public CallCounts counts() {
        return counts;
    }
}
