package io.keyfold.audit;

import io.keyfold.audit.CloudEvidence.Effect;
import io.keyfold.audit.CloudEvidence.Thing;
import io.keyfold.audit.TopicEvidence.Answer;
import io.keyfold.audit.TopicEvidence.Command;
import io.keyfold.contract.CommandAction;
import io.keyfold.contract.ResourceKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Whether commands, the calls that followed them and the answers fit together.
final class Commands {
    private final TopicEvidence topics;
    private final Findings findings;
    private final Set<UUID> answered;
    private final Map<String, Thing> things;
    private final Map<String, List<Command>> toMake = new HashMap<>();
    private final Map<String, List<Command>> toDelete = new HashMap<>();

    private Commands(Evidence evidence, Findings findings) {
        this.topics = evidence.topics();
        this.findings = findings;
        this.things = evidence.cloud().map(CloudEvidence::things).orElse(List.of()).stream()
                .collect(Collectors.toMap(Thing::id, Function.identity(), (one, _) -> one));
        this.answered = topics.answers().stream().map(Answer::command).collect(Collectors.toSet());
        for (Command command : topics.commands()) {
            if (command.action() == CommandAction.PROVISION) {
                add(toMake, command.mark(), command);
                add(toMake, command.name(), command);
            } else if (command.action() == CommandAction.COMPENSATE || command.action() == CommandAction.SWEEP) {
                command.expectedId().ifPresent(id -> add(toDelete, id, command));
            }
        }
    }

    private static void add(Map<String, List<Command>> commands, String by, Command command) {
        commands.computeIfAbsent(by, _ -> new ArrayList<>()).add(command);
    }

    static void check(Evidence evidence, Findings findings) {
        var commands = new Commands(evidence, findings);
        commands.areSentOnceAndAnswered();
        commands.deleteNothingOfLaterRuns();
        evidence.cloud().filter(cloud -> cloud.calls().isPresent()).ifPresent(commands::comeBeforeEffects);
    }

    private void areSentOnceAndAnswered() {
        Map<UUID, Command> sent = new HashMap<>();
        findings.checked(Invariant.NO_COMMAND_TWICE, topics.commands().size());
        for (Command command : topics.commands()) {
            Command other = sent.putIfAbsent(command.id(), command);
            if (other != null) {
                violated(Invariant.NO_COMMAND_TWICE, command, "was sent twice");
            } else if (command.isDone()) {
                findings.checked(Invariant.EACH_COMMAND_IS_ANSWERED);
                if (!answered.contains(command.id())) {
                    violated(Invariant.EACH_COMMAND_IS_ANSWERED, command, "was never answered");
                }
            }
        }
    }

    /// Who first told of a thing has made or found it.
    private void deleteNothingOfLaterRuns() {
        Map<String, Integer> firstTold = new HashMap<>();
        topics.answers().forEach(
                answer -> answer.told().forEach(id -> firstTold.merge(answer.cluster() + id, answer.run(), Math::min)));
        toDelete.forEach((id, commands) -> commands.forEach(command -> {
            findings.checked(Invariant.RUNS_DO_NOT_MIX);
            int maker = firstTold.getOrDefault(command.cluster() + id, 0);
            if (maker > command.run()) {
                violated(Invariant.RUNS_DO_NOT_MIX, command, "is about " + id + ", which run " + maker + " has made");
            }
        }));
    }

    private void comeBeforeEffects(CloudEvidence cloud) {
        Set<String> told = topics.answers().stream().flatMap(answer -> answer.told().stream())
                .collect(Collectors.toSet());
        Set<String> made = new HashSet<>();
        for (Effect effect : cloud.effects()) {
            if (!effect.isOurs()) {
                continue;
            }
            Thing thing = things.get(effect.resource());
            if (effect.isDeletion()) {
                findings.checked(Invariant.NOTHING_OF_OTHERS_IS_DELETED);
                if (!made.contains(effect.resource()) && (thing == null || !thing.isOurs())) {
                    violated(Invariant.NOTHING_OF_OTHERS_IS_DELETED, effect, "what is not ours was deleted");
                }
                if (cloud.isJudged(effect)) {
                    isOrderedToDelete(effect);
                }
            } else {
                made.add(effect.resource());
                if (cloud.isJudged(effect)) {
                    isOrderedToMake(effect, thing, told);
                }
            }
        }
    }

    private void isOrderedToDelete(Effect effect) {
        findings.checked(Invariant.NO_EFFECT_WITHOUT_COMMAND);
        if (toDelete.getOrDefault(effect.resource(), List.of()).stream()
                .noneMatch(command -> !command.issuedAt().isAfter(effect.at()))) {
            violated(Invariant.NO_EFFECT_WITHOUT_COMMAND, effect, "nobody had ordered that deletion");
        }
    }

    private void isOrderedToMake(Effect effect, @Nullable Thing thing, Set<String> told) {
        findings.checked(Invariant.NO_EFFECT_WITHOUT_COMMAND);
        findings.checked(Invariant.WHAT_IS_MADE_IS_TOLD);
        List<Command> orders = thing == null ? List.of() : orders(effect, thing);
        if (orders.isEmpty()) {
            violated(Invariant.NO_EFFECT_WITHOUT_COMMAND, effect, "nobody had ordered to make that");
        }
        boolean mayStillBeTold = orders.stream().anyMatch(order -> !order.isDone() && !answered.contains(order.id()));
        if (!told.contains(effect.resource()) && !mayStillBeTold) {
            violated(Invariant.WHAT_IS_MADE_IS_TOLD, effect, "no answer tells of it");
        }
        if (thing != null && thing.kind() != ResourceKind.KMS_INSTANCE) {
            findings.checked(Invariant.WHAT_IS_MADE_IS_MARKED);
            if (thing.marks().isEmpty()) {
                violated(Invariant.WHAT_IS_MADE_IS_MARKED, effect, "it carries no mark");
            }
        }
    }

    private List<Command> orders(Effect effect, Thing thing) {
        List<String> by = thing.kind() == ResourceKind.KMS_INSTANCE ? List.of(thing.name()) : thing.marks();
        return by.stream().flatMap(name -> toMake.getOrDefault(name, List.of()).stream())
                .filter(command -> account(command.cluster()).equals(thing.account()))
                .filter(command -> !command.issuedAt().isAfter(effect.at())).toList();
    }

    private static String account(String cluster) {
        return cluster.substring(0, Math.max(0, cluster.indexOf('/')));
    }

    private void violated(Invariant invariant, Command command, String what) {
        findings.violated(
                invariant, command.cluster(),
                command.action() + " " + command.step() + " of run " + command.run() + " (" + command.id() + ") "
                        + what,
                command.place());
    }

    private void violated(Invariant invariant, Effect effect, String what) {
        Thing thing = things.get(effect.resource());
        findings.violated(Calls.violation(invariant, effect, thing == null ? "" : thing.cluster(), what));
    }
}
