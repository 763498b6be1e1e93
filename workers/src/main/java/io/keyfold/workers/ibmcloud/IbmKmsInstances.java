package io.keyfold.workers.ibmcloud;

import static io.keyfold.workers.ibmcloud.UnexpectedAnswerException.present;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.ibm.cloud.platform_services.resource_controller.v2.ResourceController;
import com.ibm.cloud.platform_services.resource_controller.v2.model.CreateResourceInstanceOptions;
import com.ibm.cloud.platform_services.resource_controller.v2.model.DeleteResourceInstanceOptions;
import com.ibm.cloud.platform_services.resource_controller.v2.model.GetResourceInstanceOptions;
import com.ibm.cloud.platform_services.resource_controller.v2.model.ListResourceInstancesOptions;
import com.ibm.cloud.platform_services.resource_controller.v2.model.ResourceInstance;
import com.ibm.cloud.platform_services.resource_controller.v2.model.ResourceInstancesList;
import io.keyfold.workers.kmsinstance.KmsInstance;
import io.keyfold.workers.kmsinstance.KmsInstances;
import io.keyfold.workers.kmsinstance.NewKmsInstance;
import io.keyfold.workers.kmsinstance.NewKmsInstance.AllowedNetwork;
import io.keyfold.workers.step.Crn;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.Listing;
import io.keyfold.workers.step.MonotonicTime;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import okhttp3.HttpUrl;

/// Key Protect instances through the Resource Controller's SDK, and resource groups, which the same host answers for.
final class IbmKmsInstances implements KmsInstances {
    /// "kms" in IBM's catalogue.
    static final String KEY_PROTECT = "ee41347f-b18e-4ca6-bf80-b5467c63f9a6";
    static final String TIERED_PRICING = "eedd3585-90c6-4c8f-be3d-062069e99fc3";
    private static final long PAGE = 100;

    /// The list takes one state at a time; without any it gives those active and provisioning.
    private static final List<String> OTHER_STANDING_STATES = List.of("pre_provisioning", "inactive", "failed");

    private final CloudApi api;
    private final ResourceController resourceController;
    private final JsonService resourceGroups;
    private final ResourceGroupIds resourceGroupIds;
    private final IbmCloudSettings settings;
    private final IamTokens tokens;

    IbmKmsInstances(
            CloudApi api, ResourceController resourceController, JsonService resourceGroups,
            IbmCloudSettings settings, IamTokens tokens, MonotonicTime time) {
        this.api = api;
        this.resourceController = resourceController;
        this.resourceGroups = resourceGroups;
        this.resourceGroupIds = new ResourceGroupIds(this::lookUpResourceGroup, time);
        this.settings = settings;
        this.tokens = tokens;
    }

    @Override
    public List<KmsInstance> named(String name) {
        return standing(inEveryState(Optional.of(name)).filter(instance -> instance.name().equals(name)));
    }

    @Override
    public List<KmsInstance> all() {
        return standing(inEveryState(Optional.empty()));
    }

    private Stream<KmsInstance> inEveryState(Optional<String> name) {
        return Stream.concat(
                list(name, Optional.empty()).stream(),
                OTHER_STANDING_STATES.stream().flatMap(state -> list(name, Optional.of(state)).stream()));
    }

    @Override
    public List<KmsInstance> activeOrProvisioning(String name) {
        return standing(
                list(Optional.of(name), Optional.empty()).stream().filter(instance -> instance.name().equals(name)));
    }

    private static List<KmsInstance> standing(Stream<KmsInstance> listed) {
        // Between two lists an instance may have moved from one state to another.
        var seen = new HashSet<String>();
        return listed.filter(instance -> !instance.state().isGone())
                .filter(instance -> seen.add(instance.guid()))
                .sorted(KmsInstance.OLDEST_FIRST)
                .toList();
    }

    private List<KmsInstance> list(Optional<String> name, Optional<String> state) {
        var what = name.isPresent() ? "list instances by name" : "list instances";
        return new Listing<>("Resource Controller: " + what, start -> {
            var options = new ListResourceInstancesOptions.Builder()
                    .resourceId(KEY_PROTECT)
                    .limit(PAGE);
            name.ifPresent(options::name);
            state.ifPresent(options::state);
            start.ifPresent(options::start);
            return api.read(
                    what, () -> resourceController.listResourceInstances(options.build()), IbmKmsInstances::page);
        }).whole();
    }

    private static Listing.Page<KmsInstance> page(ResourceInstancesList list) {
        // Only the place is taken from the next page's address: never follow an address that an answer gives.
        var next = Optional.ofNullable(list.getNextUrl())
                .flatMap(url -> Optional.ofNullable(HttpUrl.get("http://localhost/").resolve(url)))
                .flatMap(url -> Optional.ofNullable(url.queryParameter("start")));
        return new Listing.Page<>(
                present(list.getResources(), "resources").stream().map(IbmKmsInstances::asOurs).toList(), next);
    }

    @Override
    public Optional<KmsInstance> byGuid(String guid) {
        return api.find(
                "get instance",
                () -> resourceController.getResourceInstance(
                        new GetResourceInstanceOptions.Builder().id(guid).build()),
                instance -> Optional.of(asOurs(instance)));
    }

    @Override
    public KmsInstance create(NewKmsInstance wanted) {
        var options = new CreateResourceInstanceOptions.Builder(
                wanted.name(), wanted.region(), wanted.resourceGroupId(), TIERED_PRICING)
                .parameters(Map.of("allowed_network", allowedNetwork(wanted.allowedNetwork())));
        if (!wanted.tags().isEmpty()) {
            options.tags(wanted.tags());
        }
        try {
            return api.create(
                    "create instance", () -> {
                        // Where no key could be made in it later, none is made.
                        var _ = settings.keyProtectUrl().in(wanted.region());
                        return resourceController.createResourceInstance(options.build());
                    },
                    IbmKmsInstances::asOurs);
        } catch (FaultException failure) {
            if (failure.fault() instanceof Fault.Permanent) {
                resourceGroupIds.doubt(wanted.resourceGroupId());
            }
            throw failure;
        }
    }

    private static String allowedNetwork(AllowedNetwork allowed) {
        return switch (allowed) {
            case PUBLIC_AND_PRIVATE -> "public-and-private";
            case PRIVATE_ONLY -> "private-only";
        };
    }

    @Override
    public void delete(String guid) {
        api.delete(
                "delete instance",
                () -> resourceController.deleteResourceInstance(
                        new DeleteResourceInstanceOptions.Builder().id(guid).build()));
    }

    @Override
    public Optional<String> resourceGroupId(String name) {
        return resourceGroupIds.of(name);
    }

    private Optional<String> lookUpResourceGroup(String name) {
        return api.read(
                "find resource group",
                () -> resourceGroups.get(
                        "/v2/resource_groups", Map.of(), Map.of("account_id", settings.accountId(), "name", name)),
                answer -> StreamSupport.stream(
                        present(answer.getAsJsonArray("resources"), "resources").spliterator(), false)
                        .map(JsonElement::getAsJsonObject)
                        .filter(group -> name.equals(text(group, "name")))
                        .map(group -> text(group, "id"))
                        .findFirst());
    }

    @Override
    public String whoAmI() {
        return tokens.iamId();
    }

    private static KmsInstance asOurs(ResourceInstance instance) {
        var crn = new Crn(present(instance.getCrn(), "crn"));
        return new KmsInstance(
                crn,
                present(instance.getGuid(), "guid"),
                present(instance.getName(), "name"),
                crn.region(),
                present(instance.getResourceGroupId(), "resource_group_id"),
                state(present(instance.getState(), "state")),
                present(instance.getCreatedAt(), "created_at").toInstant(),
                present(instance.getCreatedBy(), "created_by"),
                trouble(instance),
                Optional.ofNullable(instance.getScheduledReclaimAt()).map(Date::toInstant));
    }

    private static KmsInstance.State state(String text) {
        return Arrays.stream(KmsInstance.State.values())
                .filter(state -> state.name().equals(text.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElse(KmsInstance.State.UNKNOWN);
    }

    private static Optional<String> trouble(ResourceInstance instance) {
        var operation = instance.getLastOperation();
        return operation == null || !"failed".equals(operation.get("state"))
                ? Optional.empty()
                : Optional.of(String.valueOf(operation.getOrDefault("description", "no reason given")));
    }

    private static String text(JsonObject parent, String name) {
        return present(parent.get(name), name).getAsString();
    }
}
