package io.keyfold.emulator.resourcecontroller;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.iam.ResourceGroups;
import io.keyfold.emulator.resourcecontroller.Instance.Stage;
import io.keyfold.emulator.service.Cloud;
import io.keyfold.emulator.service.History;
import io.keyfold.emulator.service.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// All instances and reclamations there are. Used with the state locked; what tests call locks it.
public final class Instances {

    /// IBM keeps a deleted instance for about this long.
    private static final Duration UNTIL_RECLAIMED = Duration.ofDays(7);

    private final Cloud cloud;
    private final Map<String, History<Instance>> instances = new LinkedHashMap<>();
    /// Every instance that has ever had the name.
    private final Map<String, Set<String>> byName = new HashMap<>();
    private final Map<String, Long> liveByAccount = new HashMap<>();
    private final Map<String, Reclamation> reclamations = new LinkedHashMap<>();

    public Instances(Cloud cloud) {
        this.cloud = cloud;
    }

    void add(Instance instance) {
        instances.put(instance.guid(), new History<>(instance.created(), instance));
        named(instance);
        liveByAccount.merge(instance.account(), 1L, Long::sum);
    }

    private void named(Instance instance) {
        byName.computeIfAbsent(instance.name(), _ -> new LinkedHashSet<>()).add(instance.guid());
    }

    /// By GUID or CRN.
    public Optional<Instance> find(String id) {
        String guid = id;
        if (id.startsWith("crn:")) {
            String[] parts = id.split(":", -1);
            guid = parts.length > 7 ? parts[7] : "";
        }
        return Optional.ofNullable(instances.get(guid)).flatMap(History::now);
    }

    Stream<Instance> at(Instant time) {
        return instances.values().stream().flatMap(history -> history.at(time).stream());
    }

    Stream<Instance> withNameAt(String name, Instant time) {
        return byName.getOrDefault(name, Set.of()).stream()
                .flatMap(guid -> Optional.ofNullable(instances.get(guid)).stream())
                .flatMap(history -> history.at(time).stream()).filter(one -> one.name().equals(name));
    }

    /// How many instances the account is billed for.
    long live(String account) {
        return liveByAccount.getOrDefault(account, 0L);
    }

    Instance replace(Instance instance) {
        History<Instance> history = instances.get(instance.guid());
        if (history == null) {
            throw new IllegalStateException("no instance " + instance.guid());
        }
        boolean wasLive = history.now().filter(before -> before.stage() == Stage.LIVE).isPresent();
        boolean isLive = instance.stage() == Stage.LIVE;
        liveByAccount.merge(instance.account(), (isLive ? 1L : 0L) - (wasLive ? 1L : 0L), Long::sum);
        history.put(cloud.now(), instance);
        named(instance);
        return instance;
    }

    void schedule(Instance instance, String by) {
        Instance pending = replace(instance.moved(Stage.PENDING_RECLAMATION, by, cloud.now()));
        var reclamation = new Reclamation(cloud.ids().uuid(), pending, Reclamation.SCHEDULED, cloud.now(), by,
                cloud.now().plus(UNTIL_RECLAIMED));
        reclamations.put(reclamation.id(), reclamation);
    }

    Stream<Reclamation> reclamations() {
        return reclamations.values().stream();
    }

    Optional<Reclamation> reclamation(String id) {
        return Optional.ofNullable(reclamations.get(id));
    }

    void end(Reclamation reclamation) {
        reclamations.remove(reclamation.id());
    }

    /// An active Key Protect instance that someone else has made.
    public Instance seed(Optional<String> guid, String name, String account, String region, ResourceGroups.Group group,
            String createdBy) {
        return cloud.locked(() -> {
            Instant now = cloud.now();
            Instance instance = create(guid.orElseGet(cloud.ids()::uuid), name, account, region, Catalog.KEY_PROTECT,
                    group, createdBy, now, now);
            add(instance);
            return instance;
        });
    }

    private static Instance create(String guid, String name, String account, String region,
            Instance.Offering offering, ResourceGroups.Group group, String createdBy, Instant created,
            Instant readyAt) {
        return new Instance(guid, crn(offering, region, account, guid), name, account, region, offering, group.id(),
                group.crn(), Json.object(), List.of(), createdBy, created, readyAt, false, created, Stage.LIVE,
                createdBy, created);
    }

    static String crn(Instance.Offering offering, String region, String account, String guid) {
        return "crn:v1:bluemix:public:" + offering.service() + ":" + region + ":a/" + account + ":" + guid + "::";
    }

    /// Takes an instance away behind everyone's back.
    public boolean remove(String guid, String by) {
        return cloud.locked(() -> {
            Optional<Instance> instance = find(guid);
            instance.ifPresent(found -> replace(found.moved(Stage.REMOVED, by, cloud.now())));
            return instance.isPresent();
        });
    }

    /// The same, but it can be restored: it waits to be reclaimed, whatever keys it has.
    public boolean removeRestorably(String guid, String by) {
        return cloud.locked(() -> {
            Optional<Instance> instance = find(guid);
            instance.ifPresent(found -> schedule(found, by));
            return instance.isPresent();
        });
    }

    public void clear() {
        cloud.locked(() -> {
            instances.clear();
            byName.clear();
            liveByAccount.clear();
            reclamations.clear();
            return true;
        });
    }

    public ArrayNode json() {
        return cloud.locked(() -> {
            return Json.array(at(cloud.now()).toList(), one -> {
                ObjectNode json = InstanceJson.write(one, cloud.now());
                json.set("tags", Json.strings(one.tags()));
                return json;
            });
        });
    }

    public ArrayNode reclamationsJson() {
        return cloud.locked(() -> Json.array(reclamations.values(), Reclamation::json));
    }
}
