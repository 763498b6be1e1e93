package io.keyfold.emulator.iam;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.keyfold.emulator.iam.Policy.Attribute;
import io.keyfold.emulator.iam.Policy.Version;
import io.keyfold.emulator.service.Cloud;
import io.keyfold.emulator.service.History;
import io.keyfold.emulator.service.Json;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// All policies there are. Used with the state locked; what tests call locks it.
public final class Policies {
    private static final List<String> ROLE_CRNS = List.of("crn:v1:bluemix:public:iam::::serviceRole:",
            "crn:v1:bluemix:public:iam::::role:", "crn:v1:bluemix:public:kms::::serviceRole:");

    private final Cloud cloud;
    private final Map<String, History<Policy>> policies = new LinkedHashMap<>();
    /// Those that are not deleted, by the one instance they are about; empty text for those about more.
    private final Map<String, Map<String, Policy>> activeByInstance = new HashMap<>();
    private final Map<String, Integer> activeByAccount = new HashMap<>();

    public Policies(Cloud cloud) {
        this.cloud = cloud;
    }

    /// Whether IAM knows a role by this text, which is a CRN: anything else it refuses as `role_not_found`.
    public static boolean isRole(String crn) {
        return ROLE_CRNS.stream().anyMatch(prefix -> crn.startsWith(prefix) && crn.length() > prefix.length());
    }

    void add(Policy policy) {
        policies.put(policy.id(), new History<>(policy.created(), policy));
        activeByInstance.computeIfAbsent(instanceOf(policy), _ -> new LinkedHashMap<>()).put(policy.id(), policy);
        activeByAccount.merge(policy.account(), 1, Integer::sum);
    }

    Optional<Policy> get(String id) {
        return Optional.ofNullable(policies.get(id)).flatMap(History::now);
    }

    boolean delete(String id) {
        Optional<Policy> policy = get(id).filter(found -> !found.deleted());
        policy.ifPresent(found -> {
            history(id).put(cloud.now(), found.deletedNow());
            activeByInstance.getOrDefault(instanceOf(found), new HashMap<>()).remove(id);
            activeByAccount.merge(found.account(), -1, Integer::sum);
        });
        return policy.isPresent();
    }

    private static String instanceOf(Policy policy) {
        return policy.value(policy.resource(), "serviceInstance");
    }

    private History<Policy> history(String id) {
        History<Policy> history = policies.get(id);
        if (history == null) {
            throw new IllegalStateException("no policy " + id);
        }
        return history;
    }

    Stream<Policy> at(Instant time) {
        return policies.values().stream().flatMap(history -> history.at(time).stream());
    }

    /// The policy that makes the new one a duplicate: the same grant or, if that counts, a broader one.
    Optional<Policy> conflictingWith(Policy wanted) {
        return comparable(wanted).filter(existing -> existing.sameGrant(wanted)).findFirst()
                .or(() -> cloud.behaviour().broaderPolicyConflicts()
                        ? comparable(wanted).filter(existing -> existing.covers(wanted)).findFirst()
                        : Optional.empty());
    }

    /// Only policies about the same instance, or about no one instance, can say the same or more.
    private Stream<Policy> comparable(Policy wanted) {
        return Stream.of(instanceOf(wanted), "").distinct()
                .flatMap(instance -> activeByInstance.getOrDefault(instance, Map.of()).values().stream())
                .filter(policy -> policy.account().equals(wanted.account()));
    }

    int activeIn(String account) {
        return activeByAccount.getOrDefault(account, 0);
    }

    /// An authorization of a source service on a Key Protect instance that someone else has made.
    ///
    /// @param sourceResourceType empty for none
    /// @param sourceInstance empty for all
    /// @param targetInstance empty for all
    public String seedAuthorization(String account, String createdBy, String sourceService, String sourceResourceType,
            String sourceInstance, String targetInstance, List<String> roles, String description) {
        return seedAuthorization(cloud.ids().uuid(), account, createdBy, sourceService, sourceResourceType,
                sourceInstance, targetInstance, roles, description);
    }

    /// The same with an id that it had elsewhere.
    public String seedAuthorization(String id, String account, String createdBy, String sourceService,
            String sourceResourceType, String sourceInstance, String targetInstance, List<String> roles,
            String description) {
        return cloud.locked(() -> {
            Stream<Attribute> subject = Stream.of(equal("accountId", account), equal("serviceName", sourceService),
                    equal("resourceType", sourceResourceType), equal("serviceInstance", sourceInstance));
            Stream<Attribute> resource = Stream.of(equal("accountId", account), equal("serviceName", "kms"),
                    equal("serviceInstance", targetInstance));
            Instant now = cloud.now();
            var policy = new Policy(id, account, "authorization", description, given(subject),
                    given(resource), roles, now, createdBy, now, false, Version.V1);
            add(policy);
            return policy.id();
        });
    }

    private static Attribute equal(String name, String value) {
        return new Attribute(name, value, "stringEquals");
    }

    private static List<Attribute> given(Stream<Attribute> attributes) {
        return attributes.filter(attribute -> !attribute.value().isEmpty()).toList();
    }

    /// Takes a policy away behind everyone's back.
    public boolean remove(String id) {
        return cloud.locked(() -> delete(id));
    }

    /// Changes what a policy grants behind everyone's back.
    public boolean grant(String id, List<String> roles) {
        return cloud.locked(() -> {
            Optional<Policy> policy = get(id).filter(found -> !found.deleted()).map(found -> found.granting(roles));
            policy.ifPresent(changed -> {
                history(id).put(cloud.now(), changed);
                activeByInstance.computeIfAbsent(instanceOf(changed), _ -> new LinkedHashMap<>()).put(id, changed);
            });
            return policy.isPresent();
        });
    }

    public void clear() {
        cloud.locked(() -> {
            policies.clear();
            activeByInstance.clear();
            activeByAccount.clear();
            return true;
        });
    }

    public ArrayNode json() {
        return cloud.locked(() -> Json.array(at(cloud.now()).toList(),
                policy -> PolicyJson.write(policy, Version.V1).put("account_id", policy.account())));
    }
}
