package io.keyfold.acceptance.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.CommandAction;
import io.keyfold.contract.LedgerRequestType;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.RunState;
import io.keyfold.contract.StepName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The auditor itself: it must find what is planted, and nothing else.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AuditorTest {
    private static final String OTHER = "acc/hpc-2";

    @Test
    void a_clean_installation_has_no_violation() {
        assertThat(Auditor.atRest(new Plot().evidence())).isEmpty();
        assertThat(Auditor.atTheEnd(new Plot().removed().evidence())).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = CommandAction.class, names = {"COMPENSATE", "SWEEP"})
    void what_a_command_had_ordered_to_delete_is_no_violation(CommandAction action) {
        var plot = new Plot();
        Plot swept = plot.granted(LedgerRequestType.DELETE, Plot.CLUSTER, Plot.KEY)
                .with(plot.command(StepName.ROOT_KEY, action, Optional.of(Plot.KEY))).deletes(Plot.KEY);

        assertThat(invariants(swept)).doesNotContain(Invariant.NO_EFFECT_WITHOUT_COMMAND);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("case-127")
    void each_invariant_that_is_broken_is_found(Invariant broken) {
        assertThat(invariants(plantedAgainst(broken))).contains(broken);
    }

    private static Plot plantedAgainst(Invariant invariant) {
        var plot = new Plot();
        return switch (invariant) {
            case EACH_REQUEST_IS_ANSWERED_ONCE -> plot.without(line -> line.getEvent() == AuditEvent.REQUEST_ACCEPTED)
                    .numberedAnew();
            case AUDIT_HAS_NO_GAP -> plot.without(line -> line.getSequence() == 2);
            case REVISIONS_GROW -> plot.status(1, RunState.COMPLETED);
            case EACH_RUN_HAS_ONE_END -> plot.line(AuditEvent.RUN_ENDED, 1, "FAILED");
            case ALL_IS_AT_REST -> plot.status(3, RunState.COMPENSATING);
            case NO_COMMAND_TWICE -> plot.with(plot.commands().getFirst());
            case EACH_COMMAND_IS_ANSWERED ->
                plot.with(plot.command(StepName.ROOT_KEY, CommandAction.VERIFY, Optional.of(Plot.KEY)));
            case NO_EFFECT_WITHOUT_COMMAND -> plot.deletes(Plot.KEY);
            case WHAT_IS_MADE_IS_TOLD -> plot.makes(ResourceKind.ROOT_KEY, "untold");
            case NOTHING_OF_OTHERS_IS_DELETED -> plot.orderedToDelete(Plot.TEAM_KEY).deletes(Plot.TEAM_KEY);
            case NOTHING_HELD_IS_DELETED -> plot.granted(LedgerRequestType.HOLD, OTHER, Plot.KEY)
                    .granted(LedgerRequestType.DELETE, Plot.CLUSTER, Plot.KEY);
            case NOTHING_IS_DOUBLED -> plot.makes(ResourceKind.ROOT_KEY, "second");
            case STATUS_AND_CLOUD_AGREE -> plot.lists(StepName.VSI_ROOT_KEY, "nowhere", Ownership.CREATED);
            case NOTHING_IS_LEFT_BEHIND -> plot;
        };
    }

    static Stream<Arguments> further() {
        return Stream.of(
                Arguments.of(
                        "a request answered once more, as after a replay that nobody guarded",
                        Invariant.EACH_REQUEST_IS_ANSWERED_ONCE, new Plot().line(AuditEvent.REQUEST_ACCEPTED, 2, "")),
                Arguments.of(
                        "a request that is both accepted and a dead letter", Invariant.EACH_REQUEST_IS_ANSWERED_ONCE,
                        new Plot().dead(Plot.PLACE)),
                Arguments.of(
                        "a run that comes back from its end", Invariant.EACH_RUN_HAS_ONE_END,
                        new Plot().status(3, RunState.FAILED)),
                Arguments.of(
                        "a run that never ends", Invariant.EACH_RUN_HAS_ONE_END,
                        new Plot().line(AuditEvent.REQUEST_ACCEPTED, 2, "IN_PROGRESS")),
                Arguments.of(
                        "an audit that knows of a later revision than the statuses", Invariant.REVISIONS_GROW,
                        new Plot().revisionOfTheAudit(7)),
                Arguments.of(
                        "something made that nobody had ordered", Invariant.NO_EFFECT_WITHOUT_COMMAND,
                        new Plot().withoutCommands()),
                Arguments.of(
                        "a hold on what is being deleted", Invariant.NOTHING_HELD_IS_DELETED,
                        new Plot().granted(LedgerRequestType.DELETE, Plot.CLUSTER, Plot.KEY)
                                .granted(LedgerRequestType.HOLD, OTHER, Plot.KEY)),
                Arguments.of(
                        "a hold on a key of an instance that is being deleted", Invariant.NOTHING_HELD_IS_DELETED,
                        new Plot().granted(LedgerRequestType.DELETE, Plot.CLUSTER, Plot.INSTANCE)
                                .granted(LedgerRequestType.HOLD, OTHER, Plot.KEY)),
                Arguments.of(
                        "a deletion without the ledger's leave", Invariant.NOTHING_HELD_IS_DELETED,
                        new Plot().orderedToDelete(Plot.KEY).deletes(Plot.KEY)),
                Arguments.of(
                        "a deletion that lands after the bar was taken back and another had begun to hold",
                        Invariant.NOTHING_HELD_IS_DELETED,
                        new Plot().granted(LedgerRequestType.DELETE, Plot.CLUSTER, Plot.KEY)
                                .refused(Plot.CLUSTER, Plot.KEY).granted(LedgerRequestType.HOLD, OTHER, Plot.KEY)
                                .orderedToDelete(Plot.KEY).deletes(Plot.KEY)),
                Arguments.of(
                        "somebody else's that is gone", Invariant.NOTHING_OF_OTHERS_IS_DELETED,
                        new Plot().gone(Plot.TEAM_KEY)),
                Arguments.of(
                        "two in use for one step", Invariant.NOTHING_IS_DOUBLED,
                        new Plot().lists(StepName.ROOT_KEY, Plot.TEAM_KEY, Ownership.ADOPTED)),
                Arguments.of(
                        "a customer's encryption without a key", Invariant.STATUS_AND_CLOUD_AGREE,
                        new Plot().doesNotList(Plot.KEY).gone(Plot.KEY)),
                Arguments.of(
                        "ours, and listed by nobody", Invariant.STATUS_AND_CLOUD_AGREE,
                        new Plot().doesNotList(Plot.KEY)),
                Arguments.of(
                        "somebody else's, listed as our own", Invariant.STATUS_AND_CLOUD_AGREE,
                        new Plot().lists(StepName.VSI_ROOT_KEY, Plot.TEAM_KEY, Ownership.CREATED)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("further")
    void what_is_planted_is_found(String what, Invariant broken, Plot plot) {
        assertThat(invariants(plot)).as(what).contains(broken);
    }

    private static List<Invariant> invariants(Plot plot) {
        return Auditor.atTheEnd(plot.evidence()).stream().map(Violation::invariant).distinct().toList();
    }
}
