package io.keyfold.cli.audit;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.audit.CloudEvidence;
import io.keyfold.audit.CloudEvidence.Calls;
import io.keyfold.audit.CloudEvidence.Effect;
import io.keyfold.audit.CloudEvidence.Thing;
import io.keyfold.cli.sweep.CloudSurvey;
import io.keyfold.cli.sweep.SagaView;
import io.keyfold.cli.sweep.Seen;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ResourceKind;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.Mark;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What was seen of the cloud: the surveys of its accounts, and an emulator's ledger where there is one.
///
/// @param surveys  of each account
/// @param accounts the aliases of the accounts by their ids
/// @param emulator what it knows beyond the surveys; empty if the cloud is none, or does not say
public record CloudLook(List<CloudSurvey> surveys, Map<String, String> accounts, Optional<Emulator> emulator) {
    public CloudLook {
        surveys = List.copyOf(surveys);
        accounts = Map.copyOf(accounts);
    }

    /// @param effects its calls; read before the surveys
    /// @param state   all its things, deleted ones too; read after them
    public record Emulator(List<JsonNode> effects, JsonNode state) {}

    /// @param latest   the latest status of every cluster
    /// @param chosen   the clusters to look at; empty for all
    /// @param since    when the first command was given that is still in its topic; empty if there is none
    CloudEvidence evidence(
            Map<String, ClusterEncryptionStatus> latest, Set<String> chosen, Optional<Instant> since) {
        var view = new SagaView(latest);
        Set<String> relevant = new HashSet<>();
        latest.forEach((cluster, status) -> {
            if (chosen.contains(cluster)) {
                status.getResources().forEach(resource -> relevant.add(resource.getId()));
            }
        });
        List<Thing> things = new ArrayList<>();
        surveys.forEach(survey -> things.addAll(things(survey, view)));
        var byLedger = emulator.map(known -> emulator(latest).things(known.state())).orElse(List.of());
        Set<String> surveyed = things.stream().map(Thing::id).collect(Collectors.toSet());
        // Only to know what calls were about: whether it is there, the surveys say.
        byLedger.stream().filter(thing -> !surveyed.contains(thing.id())).map(CloudLook::gone).forEach(things::add);
        var named = byLedger.stream().collect(Collectors.toMap(Thing::id, thing -> thing, (one, _) -> one));
        things.replaceAll(thing -> thing.name().isEmpty() ? described(thing, named) : thing);
        if (!chosen.isEmpty()) {
            things.removeIf(thing -> !chosen.contains(thing.cluster()) && !relevant.contains(thing.id()));
        }
        Optional<Calls> calls = emulator.map(known -> calls(known, latest, things, chosen, since));
        return new CloudEvidence(
                surveys.stream().map(CloudSurvey::account).collect(Collectors.toSet()), things, calls);
    }

    private static List<Thing> things(CloudSurvey survey, SagaView view) {
        Set<String> makers = new HashSet<>(view.makers(survey));
        makers.add(survey.who());
        List<Thing> things = new ArrayList<>();
        Set<String> rest = new HashSet<>(survey.ids());
        for (Seen seen : survey.candidates()) {
            rest.remove(seen.id());
            String cluster = view.clusterOf(seen).orElse("");
            // An instance carries no mark: whose it is, only name and maker together tell.
            boolean isOurs = seen.mark().isPresent() || makers.contains(seen.createdBy()) && !cluster.isEmpty();
            things.add(
                    new Thing(
                            seen.kind(), seen.id(), seen.name(), seen.mark().map(Mark::text).stream().toList(),
                            survey.account(), cluster, isOurs, true, !survey.unusable().contains(seen.id())));
        }
        rest.forEach(
                id -> things.add(
                        new Thing(
                                ResourceKind.UNKNOWN, id, "", List.of(), survey.account(), "", false, true,
                                !survey.unusable().contains(id))));
        return things;
    }

    private EmulatorEvidence emulator(Map<String, ClusterEncryptionStatus> latest) {
        var clusters = new HashMap<String, String>();
        latest.keySet().forEach(
                cluster -> ClusterId.parse(cluster).ifPresent(id -> clusters.put(Mark.cluster(id), cluster)));
        return new EmulatorEvidence(
                accounts, text -> Mark.read(text).map(Mark::cluster).map(clusters::get).orElse(""));
    }

    private Calls calls(
            Emulator known, Map<String, ClusterEncryptionStatus> latest, List<Thing> things, Set<String> chosen,
            Optional<Instant> since) {
        List<Effect> effects = emulator(latest).effects(known.effects());
        if (!chosen.isEmpty()) {
            Set<String> ids = things.stream().map(Thing::id).collect(Collectors.toSet());
            effects = effects.stream().filter(effect -> ids.contains(effect.resource())).toList();
        }
        return new Calls(effects, since.orElse(Instant.MAX));
    }

    private static Thing gone(Thing thing) {
        return new Thing(
                thing.kind(), thing.id(), thing.name(), thing.marks(), thing.account(), thing.cluster(),
                thing.isOurs(), false, false);
    }

    /// What the ledger knows of a thing of which the survey only says that it is there. Whose it is, the survey says.
    private static Thing described(Thing seen, Map<String, Thing> named) {
        Thing known = named.get(seen.id());
        return known == null ? seen
                : new Thing(
                        known.kind(), seen.id(), known.name(), known.marks(), seen.account(), known.cluster(),
                        seen.isOurs(), true, seen.isUsable());
    }
}
