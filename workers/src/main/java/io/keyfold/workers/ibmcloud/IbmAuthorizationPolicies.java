package io.keyfold.workers.ibmcloud;

import static io.keyfold.workers.ibmcloud.UnexpectedAnswerException.present;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.ibm.cloud.ibm_key_protect_api.v2.model.GetRegistrationsAllKeysOptions;
import com.ibm.cloud.sdk.core.service.exception.ConflictException;
import com.ibm.cloud.sdk.core.service.exception.ServiceResponseException;
import io.keyfold.workers.authorization.AuthorizationPolicies;
import io.keyfold.workers.authorization.AuthorizationPolicy;
import io.keyfold.workers.authorization.AuthorizationRole;
import io.keyfold.workers.authorization.AuthorizationSource;
import io.keyfold.workers.authorization.NewAuthorization;
import io.keyfold.workers.rootkey.KeyRegistration;
import io.keyfold.workers.step.InstanceAddress;
import io.keyfold.workers.step.Listing;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import okhttp3.HttpUrl;

/// Authorizations through IAM's policies, version 1: its documentation's own example is the one we need, and it also gives
/// back and deletes what was made by version 2.
final class IbmAuthorizationPolicies implements AuthorizationPolicies {
    private static final String KEY_PROTECT = "kms";
    private static final String POLICIES = "/v1/policies";
    private static final String POLICY = "/v1/policies/{id}";
    private static final String PAGE = "100";
    private static final Set<String> KNOWN_SUBJECT =
            Set.of("accountId", "serviceName", "resourceType", "serviceInstance");

    private final CloudApi iamApi;
    private final CloudApi keyProtectApi;
    private final JsonService iam;
    private final KeyProtect keyProtect;
    private final ErrorReader errors;
    private final String accountId;

    IbmAuthorizationPolicies(
            CloudApi iamApi, CloudApi keyProtectApi, JsonService iam, KeyProtect keyProtect, ErrorReader errors,
            String accountId) {
        this.iamApi = iamApi;
        this.keyProtectApi = keyProtectApi;
        this.iam = iam;
        this.keyProtect = keyProtect;
        this.errors = errors;
        this.accountId = accountId;
    }

    @Override
    public Creation create(NewAuthorization wanted) {
        var body = body(wanted);
        return iamApi.create(
                "create authorization", () -> iam.post(POLICIES, body),
                policy -> new Creation.Created(asOurs(policy)), this::duplicate);
    }

    private Optional<Creation> duplicate(ServiceResponseException refused) {
        if (!(refused instanceof ConflictException)) {
            return Optional.empty();
        }
        return errors.conflictingPolicy(refused).map(policy -> policy.isJsonObject()
                ? new Creation.Duplicate(text(policy.getAsJsonObject(), "id"),
                        text(policy.getAsJsonObject(), "description"))
                : new Creation.Duplicate(Optional.of(policy.getAsString()), Optional.empty()));
    }

    private JsonObject body(NewAuthorization wanted) {
        var source = new LinkedHashMap<String, String>();
        source.put("accountId", accountId);
        source.put("serviceName", wanted.source().serviceName());
        wanted.source().resourceType().ifPresent(type -> source.put("resourceType", type));
        wanted.source().serviceInstance().ifPresent(guid -> source.put("serviceInstance", guid));

        var target = new LinkedHashMap<String, String>();
        target.put("accountId", accountId);
        target.put("serviceName", KEY_PROTECT);
        target.put("serviceInstance", wanted.instanceGuid());

        var roles = new JsonArray();
        for (AuthorizationRole granted : wanted.roles()) {
            var role = new JsonObject();
            role.addProperty("role_id", granted.crn());
            roles.add(role);
        }
        var body = new JsonObject();
        body.addProperty("type", "authorization");
        body.add("subjects", attributes(source));
        body.add("roles", roles);
        body.add("resources", attributes(target));
        body.addProperty("description", wanted.description());
        return body;
    }

    private static JsonArray attributes(Map<String, String> values) {
        var attributes = new JsonArray();
        values.forEach((name, value) -> {
            var attribute = new JsonObject();
            attribute.addProperty("name", name);
            attribute.addProperty("value", value);
            attributes.add(attribute);
        });
        var holder = new JsonObject();
        holder.add("attributes", attributes);
        var list = new JsonArray();
        list.add(holder);
        return list;
    }

    @Override
    public Optional<AuthorizationPolicy> byId(String policyId) {
        return iamApi.find(
                "get authorization", () -> iam.get(POLICY, Map.of("id", policyId), Map.of()),
                policy -> isDeleted(policy) ? Optional.empty() : Optional.of(asOurs(policy)));
    }

    @Override
    public Listing<AuthorizationPolicy> all() {
        return new Listing<>("IAM: list authorizations", start -> {
            var query = new LinkedHashMap<String, String>();
            query.put("account_id", accountId);
            query.put("type", "authorization");
            query.put("state", "active");
            query.put("limit", PAGE);
            start.ifPresent(token -> query.put("start", token));
            return iamApi.read("list authorizations", () -> iam.get(POLICIES, Map.of(), query), this::page);
        }).filter(policy -> policy.targetService().equals(KEY_PROTECT));
    }

    private Listing.Page<AuthorizationPolicy> page(JsonObject answer) {
        var policies = objects(present(answer.get("policies"), "policies"))
                .filter(policy -> !isDeleted(policy))
                .map(this::asOurs)
                .toList();
        var next = answer.get("next");
        if (next == null || !next.isJsonObject()) {
            return new Listing.Page<>(policies, Optional.empty());
        }
        // Only the place is taken from the next page's address: never follow an address that an answer gives.
        return new Listing.Page<>(policies,
                text(next.getAsJsonObject(), "start").or(() -> text(next.getAsJsonObject(), "href")
                        .flatMap(href -> Optional.ofNullable(HttpUrl.get("http://localhost/").resolve(href)))
                        .flatMap(url -> Optional.ofNullable(url.queryParameter("start")))));
    }

    @Override
    public void delete(String policyId) {
        iamApi.delete("delete authorization", () -> iam.delete(POLICY, Map.of("id", policyId)));
    }

    @Override
    public List<String> registeredBy(AuthorizationSource source, InstanceAddress instance) {
        List<KeyRegistration> registrations = keyProtect.allPages(offset -> keyProtectApi.find(
                "list an instance's registrations",
                () -> keyProtect.in(instance).getRegistrationsAllKeys(new GetRegistrationsAllKeysOptions.Builder()
                        .bluemixInstance(instance.guid())
                        .limit(KeyProtect.PAGE)
                        .offset(offset)
                        .build()),
                answer -> Optional.of(KeyProtect.registrations(answer))).orElseGet(KeyProtect.Page::none));
        return registrations.stream().map(KeyRegistration::resource).filter(source::mayHaveRegistered).toList();
    }

    private static boolean isDeleted(JsonObject policy) {
        return text(policy, "state").filter("deleted"::equals).isPresent();
    }

    private AuthorizationPolicy asOurs(JsonObject policy) {
        var subject = attributesOf(policy, "subjects");
        var target = attributesOf(policy, "resources");
        return new AuthorizationPolicy(
                text(policy, "id").orElseThrow(() -> new UnexpectedAnswerException("the answer has no id")),
                source(subject),
                target.getOrDefault("serviceName", ""),
                Optional.ofNullable(target.get("serviceInstance")),
                policy.get("roles") == null
                        ? Set.of()
                        : objects(policy.get("roles"))
                                .flatMap(role -> text(role, "role_id").stream())
                                .collect(Collectors.toUnmodifiableSet()),
                text(policy, "description").orElse(""),
                text(policy, "created_at").flatMap(IbmAuthorizationPolicies::instant),
                text(policy, "state"),
                withoutOurs(subject),
                withoutOurs(target));
    }

    private Map<String, String> withoutOurs(Map<String, String> attributes) {
        var narrowing = new HashMap<>(attributes);
        narrowing.remove("accountId", accountId);
        return narrowing;
    }

    private static Optional<AuthorizationSource> source(Map<String, String> subject) {
        var service = subject.get("serviceName");
        return service == null || !KNOWN_SUBJECT.containsAll(subject.keySet())
                ? Optional.empty()
                : Optional.of(new AuthorizationSource(
                        service,
                        Optional.ofNullable(subject.get("resourceType")),
                        Optional.ofNullable(subject.get("serviceInstance"))));
    }

    /// The attributes of all subjects, or of all resources, by name. Ours have one of each.
    private static Map<String, String> attributesOf(JsonObject policy, String part) {
        return policy.get(part) == null
                ? Map.of()
                : objects(policy.get(part))
                        .filter(each -> each.get("attributes") != null)
                        .flatMap(each -> objects(each.get("attributes")))
                        .collect(Collectors.toMap(
                                attribute -> text(attribute, "name").orElse(""),
                                IbmAuthorizationPolicies::value, (first, other) -> first));
    }

    /// That an attribute exists at all is how version 2 of the API says any.
    private static String value(JsonObject attribute) {
        return text(attribute, "operator").filter("stringExists"::equals).isPresent()
                ? "*"
                : text(attribute, "value").orElse("");
    }

    private static Stream<JsonObject> objects(JsonElement list) {
        return StreamSupport.stream(list.getAsJsonArray().spliterator(), false).map(JsonElement::getAsJsonObject);
    }

    private static Optional<String> text(JsonObject parent, String name) {
        var value = parent.get(name);
        return value == null || !value.isJsonPrimitive() ? Optional.empty() : Optional.of(value.getAsString());
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException notOne) {
            return Optional.empty();
        }
    }
}
