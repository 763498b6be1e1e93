package io.keyfold.cli.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceCondition;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepName;
import io.keyfold.contract.VerificationFinding;
import io.keyfold.contract.VerificationStatus;
import io.keyfold.schemas.ContractClasses;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.Mark;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class OrphansTest {
    private static final String CLUSTER = "default/hpc-1";
    private static final String INSTANCE = "kms-1";
    private static final String US = "iam-ServiceId-us";
    private static final Instant BEGUN = Instant.parse("2026-01-31T12:00:00Z");
    private static final Instant NOW = BEGUN.plus(Duration.ofDays(30));

    static {
        ContractClasses.trust();
    }

    @Test
    void what_carries_the_mark_of_a_run_that_is_over_and_stands_nowhere_is_an_orphan() {
        assertThat(judged(key("k-lost", 1, BEGUN), view(status()))).isInstanceOfSatisfying(
                Judgement.Orphan.class,
                orphan -> assertThat(orphan).extracting(
                        Judgement.Orphan::cluster, Judgement.Orphan::run, Judgement.Orphan::step)
                        .containsExactly(CLUSTER, 1, StepName.ROOT_KEY));
    }

    @Test
    void it_is_older_than_the_longest_deadline_and_an_hour() {
        Instant youngest = NOW.minus(Orphans.LEAST_AGE);
        assertThat(Orphans.LEAST_AGE).isEqualTo(Duration.ofHours(7 * 24 + 1));
        assertThat(judged(key("k-lost", 1, youngest), view(status()))).isInstanceOf(Judgement.Orphan.class);
        assertThat(why(key("k-lost", 1, youngest.plusMillis(1)), view(status()))).contains("too young");
    }

    @Test
    void what_any_status_lists_is_none_whatever_its_ownership() {
        for (Ownership ownership : List.of(
                Ownership.CREATED, Ownership.ADOPTED, Ownership.RETAINED, Ownership.UNUSED)) {
            var other = status().setClusterId("default/hpc-2").setClusterPrefix("hpc-2").setResources(
                    List.of(resource(ResourceKind.ROOT_KEY, "k-lost", ownership)));
            assertThat(why(key("k-lost", 1, BEGUN), view(status(), other)))
                    .isEqualTo("default/hpc-2 lists it as " + ownership);
        }
    }

    @Test
    void nothing_of_a_cluster_with_a_run_that_is_going_or_parked_is_one() {
        for (RunState state : List.of(
                RunState.IN_PROGRESS, RunState.COMPENSATING, RunState.KEY_IN_USE, RunState.COMPENSATION_FAILED)) {
            var busy = status().setLastRun(RunStatus.newBuilder().setRun(2).setState(state).build());
            assertThat(why(key("k-lost", 1, BEGUN), view(busy))).contains("is going");
            assertThat(why(instance("kms-2", BEGUN, US), view(busy))).contains("is going");
        }
    }

    @Test
    void what_no_status_or_audit_knows_is_for_a_person() {
        assertThat(unexplained(key("k-lost", 7, BEGUN), view(status()))).contains("does not know run 7");
        assertThat(unexplained(marked("k-lost", mark("hpc-9", 1), BEGUN), view(status())))
                .contains("no status knows its cluster");
        var elsewhere = new Seen(
                "prod", ResourceKind.ROOT_KEY, "k-lost", "", "", Optional.of(mark("hpc-1", 1)), INSTANCE, "us-south",
                Optional.of(BEGUN), "");
        assertThat(unexplained(elsewhere, view(status()))).contains("no status knows its cluster");
    }

    @Test
    void what_is_older_than_its_run_is_of_an_earlier_life_and_for_a_person() {
        assertThat(judged(key("k-lost", 1, BEGUN.minus(Duration.ofMinutes(5))), view(status())))
                .isInstanceOf(Judgement.Orphan.class);
        assertThat(unexplained(key("k-lost", 1, BEGUN.minus(Duration.ofMinutes(6))), view(status())))
                .contains("earlier life");
    }

    @Test
    @Tag("case-50")
    void what_keyfold_has_deleted_and_somebody_has_restored_is_for_a_person() {
        SagaView view = view(status());
        view.add(line(AuditEvent.STEP_COMPENSATED, 1).setStep(StepName.ROOT_KEY).setResourceId("k-lost").build());
        assertThat(unexplained(key("k-lost", 1, BEGUN), view)).contains("brought it back");
    }

    @Test
    void an_authorization_on_which_a_skipping_deploy_may_rely_is_none() {
        var policy = new Seen(
                "default", ResourceKind.AUTHORIZATION_POLICY, "p-lost", "", "",
                Optional.of(
                        new Mark(
                                "default", Mark.cluster(new ClusterId("default", "hpc-1")), 1,
                                io.keyfold.workflow.request.StepName.BLOCK_STORAGE_AUTHORIZATION, 1)),
                INSTANCE, "us-south", Optional.of(BEGUN), "");
        assertThat(judged(policy, view(status()))).isInstanceOf(Judgement.Orphan.class);

        var skipping = status().setResources(
                List.of(
                        resource(ResourceKind.KMS_INSTANCE, INSTANCE, Ownership.CREATED),
                        ResourceStatus.newBuilder(resource(ResourceKind.AUTHORIZATION_POLICY, "", Ownership.SKIPPED))
                                .setStep(StepName.BLOCK_STORAGE_AUTHORIZATION).build()));
        assertThat(why(policy, view(skipping))).contains("skips");
    }

    // ---- instances, which carry no mark

    @Test
    void an_instance_is_of_the_last_run_that_had_asked_for_one_of_its_own() {
        SagaView view = view(status());
        asked(view, 1, "WAITING", "RUNNING", BEGUN);
        asked(view, 2, "WAITING", "RESOLVING", BEGUN.plusSeconds(100));
        asked(view, 2, "HOLDING", "RUNNING", BEGUN.plusSeconds(101));
        assertThat(judged(instance("kms-2", BEGUN.plusSeconds(200), US), view)).isInstanceOfSatisfying(
                Judgement.Orphan.class, orphan -> assertThat(orphan.run()).isEqualTo(1));
        assertThat(unexplained(instance("kms-2", BEGUN.minus(Duration.ofDays(1)), US), view))
                .contains("older than the first run");
    }

    @Test
    void an_instance_that_somebody_else_has_created_is_not_even_mentioned() {
        SagaView view = view(status());
        asked(view, 1, "WAITING", "RUNNING", BEGUN);
        assertThat(all(view, instance("kms-2", BEGUN, "IBMid-somebody"))).isEmpty();
        // Whoever has created what a saga has created is one of us.
        assertThat(all(view, instance(INSTANCE, BEGUN, "iam-worker"), instance("kms-2", BEGUN, "iam-worker")))
                .hasSize(2).last().isInstanceOf(Judgement.Orphan.class);
    }

    // ---- completeness

    @Test
    void what_is_in_use_and_was_not_seen_is_missed_unless_it_is_known_to_be_missing() {
        var survey = new CloudSurvey("default", US, NOW, NOW, List.of(), Set.of(), Set.of());
        assertThat(view(status()).notSeen(survey)).containsExactly("KMS_INSTANCE kms-1 of default/hpc-1");

        var verified = status().setVerification(
                VerificationStatus.newBuilder().setFindings(
                        List.of(
                                VerificationFinding.newBuilder().setId(INSTANCE)
                                        .setCondition(ResourceCondition.MISSING).build()))
                        .build());
        assertThat(view(verified).notSeen(survey)).isEmpty();
        assertThat(view(status()).notSeen(new CloudSurvey("prod", US, NOW, NOW, List.of(), Set.of(), Set.of())))
                .isEmpty();
        assertThat(view(status()).notSeen(new CloudSurvey("default", US, BEGUN, BEGUN, List.of(), Set.of(), Set.of())))
                .as("made since the look").isEmpty();
    }

    @Test
    void every_cluster_that_a_run_was_for_says_which_accounts_have_to_be_looked_at() {
        var there = status().setClusterId("dead/cut").setAccount("dead").setClusterPrefix("cut");
        var typedWrong = status().setClusterId("dad/cut").setAccount("dad").setClusterPrefix("cut")
                .setResources(List.of())
                .setLastRun(RunStatus.newBuilder().setRun(0).setState(RunState.REJECTED).build());
        var view = view(status(), there, typedWrong);
        assertThat(view.unseen(account -> !account.equals("default"))).isEqualTo(Map.of("dead", Set.of("dead/cut")));
        assertThat(view.unseen(_ -> false)).isEmpty();

        // Its last request was refused, but there was a run before; and one whose status is gone.
        view.add(line(AuditEvent.REQUEST_ACCEPTED, 1).setClusterId("dad/cut").build());
        view.add(line(AuditEvent.REQUEST_ACCEPTED, 1).setClusterId("gone/cut").build());
        view.add(line(AuditEvent.REQUEST_REFUSED, 0).setClusterId("gone/never").build());
        assertThat(view.unseen(account -> !account.equals("default"))).isEqualTo(
                Map.of("dad", Set.of("dad/cut"), "dead", Set.of("dead/cut"), "gone", Set.of("gone/cut")));
    }

    // ---- what there is

    private static Judgement judged(Seen seen, SagaView view) {
        return all(view, seen).getFirst();
    }

    private static List<Judgement> all(SagaView view, Seen... seen) {
        return Orphans.among(new CloudSurvey("default", US, NOW, NOW, List.of(seen), Set.of(), Set.of()), view);
    }

    private static String why(Seen seen, SagaView view) {
        return judged(seen, view) instanceof Judgement.Left(_, _, var why) ? why : "not left: " + judged(seen, view);
    }

    private static String unexplained(Seen seen, SagaView view) {
        return judged(seen, view) instanceof Judgement.Unexplained(_, var why) ? why
                : "explained: " + judged(seen, view);
    }

    private static Mark mark(String prefix, int run) {
        return new Mark(
                "default", Mark.cluster(new ClusterId("default", prefix)), run,
                io.keyfold.workflow.request.StepName.ROOT_KEY, 1);
    }

    private static Seen key(String id, int run, Instant createdAt) {
        return marked(id, mark("hpc-1", run), createdAt);
    }

    private static Seen marked(String id, Mark mark, Instant createdAt) {
        return new Seen(
                "default", ResourceKind.ROOT_KEY, id, "", "hpc-1-key", Optional.of(mark), INSTANCE, "us-south",
                Optional.of(createdAt), "");
    }

    private static Seen instance(String guid, Instant createdAt, String createdBy) {
        return new Seen(
                "default", ResourceKind.KMS_INSTANCE, guid, "", "hpc-1-kms", Optional.empty(), guid, "us-south",
                Optional.of(createdAt), createdBy);
    }

    private static ClusterEncryptionStatus.Builder status() {
        return ClusterEncryptionStatus.newBuilder().setClusterId(CLUSTER).setAccount("default")
                .setClusterPrefix("hpc-1").setStanding(Standing.CUSTOMER_MANAGED).setUpdatedAt(BEGUN)
                .setLastRun(RunStatus.newBuilder().setRun(2).setState(RunState.COMPLETED).build())
                .setResources(List.of(resource(ResourceKind.KMS_INSTANCE, INSTANCE, Ownership.CREATED)));
    }

    private static ResourceStatus resource(ResourceKind kind, String id, Ownership ownership) {
        return ResourceStatus.newBuilder().setKind(kind).setId(id).setOwnership(ownership).setSince(BEGUN).build();
    }

    /// Runs 1 and 2 have begun.
    private static SagaView view(ClusterEncryptionStatus.Builder... statuses) {
        var all = new java.util.HashMap<String, ClusterEncryptionStatus>();
        for (var status : statuses) {
            all.put(status.getClusterId(), status.build());
        }
        var view = new SagaView(Map.copyOf(all));
        view.add(line(AuditEvent.REQUEST_ACCEPTED, 1).build());
        view.add(line(AuditEvent.REQUEST_ACCEPTED, 2).setOccurredAt(BEGUN.plusSeconds(90)).build());
        return view;
    }

    private static void asked(SagaView view, int run, String from, String to, Instant at) {
        view.add(
                line(AuditEvent.STEP_STARTED, run).setStep(StepName.KMS_INSTANCE).setFromState(from).setToState(to)
                        .setOccurredAt(at).build());
    }

    private static ClusterEncryptionAudit.Builder line(AuditEvent event, int run) {
        return ClusterEncryptionAudit.newBuilder().setClusterId(CLUSTER).setEvent(event).setRun(run)
                .setOccurredAt(BEGUN);
    }
}
