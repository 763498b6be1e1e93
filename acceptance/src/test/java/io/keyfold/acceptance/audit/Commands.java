package io.keyfold.acceptance.audit;

import io.keyfold.acceptance.audit.Evidence.Answer;
import io.keyfold.acceptance.audit.Evidence.Command;
import io.keyfold.acceptance.audit.Evidence.Effect;
import io.keyfold.acceptance.audit.Evidence.Thing;
import io.keyfold.contract.CommandAction;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Whether commands, the calls that followed them and the answers fit together.
final class Commands {
    /// The actions that may delete the id that they name.
    private static final Set<CommandAction> DELETING = EnumSet.of(CommandAction.COMPENSATE, CommandAction.SWEEP);

    private final Evidence evidence;
    private final Map<String, Thing> things;
    private final List<Violation> found = new ArrayList<>();

    private Commands(Evidence evidence) {
        this.evidence = evidence;
        this.things = evidence.things().stream().collect(Collectors.toMap(Thing::id, Function.identity()));
    }

    static List<Violation> of(Evidence evidence) {
        var commands = new Commands(evidence);
        commands.areSentOnceAndAnswered();
        commands.comeBeforeEffects();
        return commands.found;
    }

    private void areSentOnceAndAnswered() {
        Set<UUID> answered = evidence.answers().stream().map(Answer::command).collect(Collectors.toSet());
        Set<UUID> sent = new HashSet<>();
        for (Command command : evidence.commands()) {
            if (!sent.add(command.id())) {
                violated(Invariant.NO_COMMAND_TWICE, command, "was sent twice");
            } else if (!answered.contains(command.id())) {
                violated(Invariant.EACH_COMMAND_IS_ANSWERED, command, "was never answered");
            }
        }
    }

    private void comeBeforeEffects() {
        Set<String> told = evidence.answers().stream().flatMap(answer -> answer.told().stream())
                .collect(Collectors.toSet());
        Set<String> made = new HashSet<>();
        for (Effect effect : evidence.effects()) {
            if (!Evidence.isServiceId(effect.by())) {
                continue;
            }
            if (effect.isDeletion()) {
                if (!made.contains(effect.resource())) {
                    violated(Invariant.NOTHING_OF_OTHERS_IS_DELETED, effect, "what is not ours was deleted");
                }
                if (evidence.commands().stream().noneMatch(command -> isOrderToDelete(command, effect))) {
                    violated(Invariant.NO_EFFECT_WITHOUT_COMMAND, effect, "nobody had ordered that deletion");
                }
            } else {
                made.add(effect.resource());
                if (evidence.commands().stream().noneMatch(command -> isOrderToMake(command, effect))) {
                    violated(Invariant.NO_EFFECT_WITHOUT_COMMAND, effect, "nobody had ordered to make that");
                }
                if (!told.contains(effect.resource())) {
                    violated(Invariant.WHAT_IS_MADE_IS_TOLD, effect, "no answer tells of it");
                }
            }
        }
    }

    private static boolean isOrderToDelete(Command command, Effect effect) {
        return DELETING.contains(command.action()) && !command.issuedAt().isAfter(effect.at())
                && command.expectedId().filter(effect.resource()::equals).isPresent();
    }

    private boolean isOrderToMake(Command command, Effect effect) {
        Thing thing = things.get(effect.resource());
        return command.action() == CommandAction.PROVISION && !command.issuedAt().isAfter(effect.at())
                && thing != null && account(command.cluster()).equals(thing.account())
                && (thing.marks().isEmpty() ? command.name().equals(thing.name())
                        : thing.marks().contains(command.mark()));
    }

    private static String account(String cluster) {
        return cluster.substring(0, cluster.indexOf('/'));
    }

    private void violated(Invariant invariant, Command command, String what) {
        found.add(
                Violation.of(
                        invariant, command.cluster(),
                        command.action() + " " + command.step() + " of run " + command.run() + " (" + command.id()
                                + ") "
                                + what));
    }

    private void violated(Invariant invariant, Effect effect, String what) {
        found.add(
                new Violation(
                        invariant, effect.account(),
                        effect.operation() + " of " + effect.resource() + " in " + effect.account() + ", call "
                                + effect.number() + " at " + effect.at() + ": " + what));
    }
}
