package io.keyfold.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.audit.Invariant.Needs;
import io.keyfold.audit.TopicEvidence.Line;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.CommandAction;
import io.keyfold.contract.LedgerRequestType;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.RunState;
import io.keyfold.contract.StepName;
import io.keyfold.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
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
    private static final Place ELSEWHERE = new Place(Topics.CLUSTER_DEPLOY_REQUESTED.name(), 0, 77);

    private static final Place AFTER_ALL = new Place(Topics.CLUSTER_DEPLOY_REQUESTED.name(), 0, 100);

    private static final String OTHER = "acc/hpc-2";
    private static final Set<Needs> NOT_OF_A_LIVE_ONE = EnumSet.of(Needs.REST, Needs.AN_END);

    @Test
    void a_clean_installation_has_no_violation() {
        for (Moment moment : List.of(Moment.LIVE, Moment.AT_REST)) {
            assertThat(Auditor.audit(new Plot().evidence(), moment).violations()).isEmpty();
        }
        assertThat(Auditor.audit(new Plot().removed().evidence(), Moment.AT_THE_END).violations()).isEmpty();
    }

    @Test
    void a_cluster_in_an_account_that_was_not_looked_at_is_named() {
        Evidence whole = new Plot().evidence();
        assertThat(whole.notCompared()).isEmpty();

        var elsewhere = new CloudEvidence(Set.of("another"), List.of(), Optional.empty());
        assertThat(
                new Evidence(whole.topics(), Optional.of(elsewhere), whole.broker(), Set.of(), whole.now())
                        .notCompared())
                .isEqualTo(Map.of("acc", Set.of(Plot.CLUSTER)));
        assertThat(
                new Evidence(whole.topics(), Optional.empty(), whole.broker(), Set.of(), whole.now()).notCompared())
                .as("the cloud was left out").isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("case-127")
    void each_invariant_that_is_broken_is_found(Invariant broken) {
        assertThat(invariants(plantedAgainst(broken), Moment.AT_THE_END)).contains(broken);
        if (!NOT_OF_A_LIVE_ONE.contains(broken.needs())) {
            assertThat(invariants(plantedAgainst(broken), Moment.LIVE)).contains(broken);
        }
    }

    @ParameterizedTest
    @EnumSource(value = CommandAction.class, names = {"COMPENSATE", "SWEEP"})
    void what_a_command_had_ordered_to_delete_is_no_violation(CommandAction action) {
        var plot = new Plot();
        Plot swept = plot.granted(LedgerRequestType.DELETE, Plot.CLUSTER, Plot.KEY)
                .with(plot.command(StepName.ROOT_KEY, action, Optional.of(Plot.KEY))).deletes(Plot.KEY);

        assertThat(invariants(swept, Moment.LIVE)).doesNotContain(Invariant.NO_EFFECT_WITHOUT_COMMAND);
    }

    @Test
    void what_the_evidence_has_not_got_is_said_to_be_unchecked() {
        Evidence all = new Plot().evidence();
        var topicsOnly = new Evidence(all.topics(), Optional.empty(), Optional.empty(), Set.of(), all.now());
        Report report = Auditor.audit(topicsOnly, Moment.LIVE);
        assertThat(report.violations()).isEmpty();
        assertThat(
                Arrays.stream(Invariant.values()).filter(invariant -> invariant.needs() != Needs.TOPICS)
                        .filter(invariant -> report.checked(invariant).isPresent()))
                .isEmpty();
    }

    private static Plot plantedAgainst(Invariant invariant) {
        var plot = new Plot();
        return switch (invariant) {
            case EACH_REQUEST_IS_ANSWERED_ONCE -> plot.without(line -> line.event() == AuditEvent.REQUEST_ACCEPTED)
                    .numberedAnew();
            case AUDIT_HAS_NO_GAP -> plot.without(line -> line.sequence() == 2);
            case AUDIT_IS_SEALED -> plot.forged(altered(2));
            case AUDIT_NAMES_ITS_CAUSE -> plot.invented(OTHER, Optional.of(ELSEWHERE));
            case EACH_RECORD_CAN_BE_READ -> plot.unreadable(new Place(Topics.ROOT_KEY_EVENTS.name(), 0, 3));
            case REVISIONS_GROW -> plot.status(1, RunState.COMPLETED);
            case STATUS_TELLS_WHAT_THE_AUDIT_TELLS -> plot.status(3, RunState.FAILED).revisionOfTheAudit(3);
            case EACH_RUN_HAS_ONE_END -> plot.line(AuditEvent.RUN_ENDED, 1, "FAILED");
            case NO_REQUEST_RUNS_TWICE -> plot.line(AuditEvent.REQUEST_ACCEPTED, 2, "IN_PROGRESS");
            case RUNS_DO_NOT_MIX -> plot.makes(ResourceKind.ROOT_KEY, "of-run-2").foundByRun(2, "of-run-2")
                    .orderedToDelete("of-run-2");
            case NO_RUN_OUTLIVES_ITS_DEADLINE -> plot.overdue();
            case A_FAILED_RUN_LEAVES_NOTHING -> plot.status(3, RunState.FAILED);
            case ALL_IS_AT_REST -> plot.status(3, RunState.COMPENSATING);
            case NO_COMMAND_TWICE -> plot.with(plot.commands().getFirst());
            case EACH_COMMAND_IS_ANSWERED ->
                plot.with(plot.command(StepName.ROOT_KEY, CommandAction.VERIFY, Optional.of(Plot.KEY)));
            case DEAD_LETTERS_NAME_THEIR_ORIGIN -> plot.dead(new Place("", -1, -1));
            case NO_TRANSACTION_HANGS -> plot.opened(Duration.ofMinutes(2));
            case ALL_IS_READ -> plot.unread(0);
            case NO_EFFECT_WITHOUT_COMMAND -> plot.deletes(Plot.KEY);
            case WHAT_IS_MADE_IS_TOLD -> plot.makes(ResourceKind.ROOT_KEY, "untold");
            case WHAT_IS_MADE_IS_MARKED -> plot.makes(ResourceKind.ROOT_KEY, "unmarked", List.of());
            case NOTHING_OF_OTHERS_IS_DELETED -> plot.orderedToDelete(Plot.TEAM_KEY).deletes(Plot.TEAM_KEY);
            case NOTHING_HELD_IS_DELETED -> plot.granted(LedgerRequestType.HOLD, OTHER, Plot.KEY)
                    .granted(LedgerRequestType.DELETE, Plot.CLUSTER, Plot.KEY);
            case NOTHING_IS_DOUBLED -> plot.makes(ResourceKind.ROOT_KEY, "second");
            case STATUS_AND_CLOUD_AGREE -> plot.lists(StepName.VSI_ROOT_KEY, "nowhere", Ownership.CREATED);
            case WHAT_IS_USED_CAN_BE_USED -> plot.disabled(Plot.KEY);
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
                        "a request that was refused twice", Invariant.EACH_REQUEST_IS_ANSWERED_ONCE,
                        new Plot().refused(ELSEWHERE).refused(ELSEWHERE)),
                Arguments.of(
                        "a request that became two dead letters", Invariant.DEAD_LETTERS_NAME_THEIR_ORIGIN,
                        new Plot().dead(Plot.PLACE).dead(Plot.PLACE)),
                Arguments.of(
                        "a record of the audit that was inserted, sealed by nobody", Invariant.AUDIT_IS_SEALED,
                        new Plot().forged(inserted())),
                Arguments.of(
                        "two records of the audit that seal the same one", Invariant.AUDIT_HAS_NO_GAP,
                        new Plot().forged(twoSuccessors())),
                Arguments.of(
                        "a record of the audit removed, and the later ones numbered anew", Invariant.AUDIT_IS_SEALED,
                        new Plot().forged(removedAndNumberedAnew())),
                Arguments.of(
                        "a record at the audit's end that seals nothing", Invariant.AUDIT_IS_SEALED,
                        new Plot().line(AuditEvent.IGNORED, 1, "").forged(unsealedEnd())),
                Arguments.of(
                        "an audit whose first record is gone, and nothing has deleted its topic's beginning",
                        Invariant.AUDIT_HAS_NO_GAP, new Plot().without(line -> line.sequence() == 1)),
                Arguments.of(
                        "an audit of a cluster that never was, caused by another's request",
                        Invariant.AUDIT_NAMES_ITS_CAUSE, new Plot().invented(OTHER, Optional.of(Plot.PLACE))),
                Arguments.of(
                        "one that names no cause", Invariant.AUDIT_NAMES_ITS_CAUSE,
                        new Plot().invented(OTHER, Optional.empty())),
                Arguments.of(
                        "one whose first run was begun by an answer", Invariant.AUDIT_NAMES_ITS_CAUSE,
                        new Plot().invented(OTHER, Optional.of(new Place(Topics.ROOT_KEY_EVENTS.name(), 0, 3)))),
                Arguments.of(
                        "one whose request lies in a partition that is not there", Invariant.AUDIT_NAMES_ITS_CAUSE,
                        new Plot().invented(OTHER, Optional.of(new Place(Plot.PLACE.topic(), 7, 3)))),
                Arguments.of(
                        "a request after the last one, where nothing is written any more",
                        Invariant.AUDIT_NAMES_ITS_CAUSE, new Plot().asked(AFTER_ALL, Plot.TOPIC_ID)),
                Arguments.of(
                        "a step that begins after its run's end", Invariant.EACH_RUN_HAS_ONE_END,
                        new Plot().line(AuditEvent.STEP_STARTED, 1, "RUNNING")),
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
        assertThat(invariants(plot, Moment.AT_THE_END)).as(what).contains(broken);
    }

    static Stream<Arguments> allowed() {
        return Stream.of(
                Arguments.of("a run that is going", new Plot().withUndone(StepName.ROOT_KEY, CommandAction.VERIFY)),
                Arguments.of(
                        "what is not there yet, or no longer, while its cluster changes",
                        new Plot().lists(StepName.VSI_ROOT_KEY, "not-yet", Ownership.CREATED).moving()),
                Arguments.of(
                        "an audit whose beginning was deleted with its topic's",
                        new Plot().without(line -> line.sequence() == 1).cut(Topics.CLUSTER_ENCRYPTION_AUDIT.name())),
                Arguments.of("records from before they sealed each other", new Plot().forged(unsealedBegin())),
                Arguments.of(
                        "what cannot be read, and is a dead letter",
                        new Plot().unreadable(new Place("kms-instance-events", 0, 3))
                                .dead(new Place("kms-instance-events", 0, 3))),
                Arguments.of(
                        "a request under a wrong key, refused and a dead letter",
                        new Plot().refused(ELSEWHERE).dead(ELSEWHERE)),
                Arguments.of("a request that was refused", new Plot().refused(ELSEWHERE)),
                Arguments.of(
                        "a request that its topic's retention has deleted",
                        new Plot().asked(ELSEWHERE, Plot.TOPIC_ID).requestsReadFrom(80)),
                Arguments.of(
                        "a request that was published while the topics were read",
                        new Plot().asked(AFTER_ALL, Plot.TOPIC_ID).auditBeganLater()),
                Arguments.of(
                        "a request in a topic that has been deleted and made again",
                        new Plot().asked(ELSEWHERE, "the-topic-before")),
                Arguments.of("a transaction that has just been opened", new Plot().opened(Duration.ofSeconds(9))),
                Arguments.of("commands that a worker has not come to yet", new Plot().unread(1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("allowed")
    void what_happens_in_a_live_installation_is_no_violation(String what, Plot plot) {
        assertThat(Auditor.audit(plot.evidence(), Moment.LIVE).violations()).as(what).isEmpty();
    }

    @Test
    void what_lay_in_a_topic_that_was_made_again_is_told() {
        Plot plot = new Plot().asked(ELSEWHERE, "the-topic-before");

        assertThat(Auditor.audit(plot.evidence(), Moment.LIVE).told()).singleElement().asString().startsWith(
                "1 records of the audits of 1 clusters have causes in topics that have been deleted and made again");
    }

    @Test
    void a_request_after_the_last_that_was_read_is_found_in_a_live_audit_that_was_there_before() {
        assertThat(invariants(new Plot().invented(OTHER, Optional.of(AFTER_ALL)), Moment.LIVE))
                .containsExactly(Invariant.AUDIT_NAMES_ITS_CAUSE);
    }

    private static List<Invariant> invariants(Plot plot, Moment moment) {
        return Auditor.audit(plot.evidence(), moment).violations().stream().map(Violation::invariant).distinct()
                .toList();
    }

    // ---- what somebody may do to an audit

    private static UnaryOperator<List<Line>> altered(int sequence) {
        return lines -> lines.stream().map(
                line -> line.sequence() == sequence ? Plot.sealed(line, line.previousHash(), "another") : line)
                .toList();
    }

    private static UnaryOperator<List<Line>> inserted() {
        return lines -> {
            var forged = new ArrayList<Line>(lines.subList(0, 1));
            forged.add(Plot.sealed(Plot.numbered(lines.getFirst(), 2), lines.getFirst().hash(), "inserted"));
            lines.subList(1, lines.size()).forEach(line -> forged.add(Plot.numbered(line, line.sequence() + 1)));
            return forged;
        };
    }

    private static UnaryOperator<List<Line>> twoSuccessors() {
        return lines -> {
            var forged = new ArrayList<Line>(lines);
            forged.add(lines.getLast());
            return forged;
        };
    }

    private static UnaryOperator<List<Line>> removedAndNumberedAnew() {
        return lines -> lines.stream().filter(line -> line.sequence() != 2)
                .map(line -> line.sequence() > 2 ? Plot.numbered(line, line.sequence() - 1) : line)
                .collect(Collectors.toList());
    }

    private static UnaryOperator<List<Line>> unsealedEnd() {
        return lines -> {
            var forged = new ArrayList<Line>(lines);
            forged.add(Plot.sealed(forged.removeLast(), "", "forged"));
            return forged;
        };
    }

    private static UnaryOperator<List<Line>> unsealedBegin() {
        return lines -> lines.stream().map(
                line -> line.sequence() <= 2 ? Plot.sealed(line, "", line.hash()) : line).toList();
    }
}
