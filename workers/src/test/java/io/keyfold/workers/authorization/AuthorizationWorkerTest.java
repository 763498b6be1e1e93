package io.keyfold.workers.authorization;

import static io.keyfold.workers.EmulatedAccount.MARK;
import static io.keyfold.workers.EmulatedAccount.adopting;
import static io.keyfold.workers.EmulatedAccount.answer;
import static io.keyfold.workers.EmulatedAccount.expecting;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workers.EmulatedAccount;
import io.keyfold.workers.Faults;
import io.keyfold.workers.step.Action;
import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultReport;
import io.keyfold.workers.step.Inspection;
import io.keyfold.workers.step.InstanceAddress;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.Resource;
import io.keyfold.workers.step.StepName;
import io.keyfold.workers.step.StepRunner;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Execution(ExecutionMode.CONCURRENT)
class AuthorizationWorkerTest {
    private static final String CREATE = "iam-policy-v*.create_policy";
    private static final String GET = "iam-policy-v*.get_policy";
    private static final String LIST = "iam-policy-v*.list_policies";
    private static final String SERVICE_ROLE = "crn:v1:bluemix:public:iam::::serviceRole:";
    private static final String READER = AuthorizationRole.READER.crn();
    private static final String DELEGATOR = AuthorizationRole.AUTHORIZATION_DELEGATOR.crn();
    private static final String DELETE = "iam-policy-v*.delete_policy";

    private final EmulatedAccount account = new EmulatedAccount();
    private final InstanceAddress instance = account.anInstance();
    private final AuthorizationTarget target = new AuthorizationTarget(
            AuthorizationSource.fileStorage(), instance, List.of(AuthorizationRole.READER));
    private final AuthorizationTarget delegating = new AuthorizationTarget(
            AuthorizationSource.fileStorage(), instance,
            List.of(AuthorizationRole.READER, AuthorizationRole.AUTHORIZATION_DELEGATOR));
    private final StepRunner<AuthorizationTarget> process =
            account.process(new AuthorizationWorker(account.cloud().authorizationPolicies()));

    @AfterEach
    void close() {
        account.close();
    }

    // VERIFY

    @Test
    void an_authorization_that_covers_what_is_asked_for_is_intact_also_a_broader_one() {
        String exact = created(answer(process, provision(), target)).resource().id();
        String broader = seed("is", "", "theirs, broader", READER, DELEGATOR);
        String stronger = seed("is", "share", "theirs, stronger", SERVICE_ROLE + "Manager");

        assertThat(verify(exact, target).resource().name()).isEqualTo(MARK);
        for (String id : List.of(exact, broader, stronger)) {
            assertThat(verify(id, target).inspection())
                    .isEqualTo(new Inspection(Inspection.Condition.INTACT, List.of(), Optional.empty()));
        }
        assertThat(verify(broader, delegating).inspection().condition()).isEqualTo(Inspection.Condition.INTACT);
    }

    @Test
    void another_source_is_a_change() {
        assertChanged(
                verify(seed("server-protect", "", "theirs"), target),
                "Its source should be resourceType share, serviceName is, and is serviceName server-protect.");
    }

    @Test
    void a_narrower_source_is_a_change() {
        AuthorizationTarget all = new AuthorizationTarget(
                new AuthorizationSource("is", Optional.empty(), Optional.empty()), instance,
                List.of(AuthorizationRole.READER));

        assertChanged(
                verify(seed("is", "share", "theirs"), all),
                "Its source should be serviceName is, and is resourceType share, serviceName is.");
    }

    @Test
    void another_target_is_a_change() {
        AuthorizationTarget elsewhere = new AuthorizationTarget(
                target.source(), account.anInstance(), List.of(AuthorizationRole.READER));

        assertChanged(verify(seed("is", "share", "theirs"), elsewhere), "Its target should be serviceInstance "
                + elsewhere.instance().guid() + ", serviceName kms, and is serviceInstance " + instance.guid());
    }

    @Test
    void a_role_that_was_taken_away_is_a_change() {
        String id = created(answer(process, provision(), delegating)).resource().id();
        account.emulator().cloud().policies().grant(id, List.of(READER));
        assertChanged(
                verify(id, delegating),
                "It should grant the role Authorization Delegator, and grants only Reader.");

        account.emulator().cloud().policies().grant(id, List.of(DELEGATOR));
        assertChanged(
                verify(id, target), "It should grant the role Reader, and grants only AuthorizationDelegator.");
    }

    @Test
    void a_deleted_authorization_is_missing() {
        String id = created(answer(process, provision(), target)).resource().id();
        account.emulator().cloud().policies().remove(id);

        Outcome.Verified verified = verify(id, target);

        assertThat(verified.resource().id()).isEqualTo(id);
        assertThat(verified.inspection().condition()).isEqualTo(Inspection.Condition.MISSING);
    }

    @Test
    void a_single_answer_that_it_is_not_there_is_not_believed() {
        String id = seed("is", "share", "theirs");
        account.strike(GET, "{\"type\":\"status\",\"status\":404}");

        assertThat(verify(id, target).inspection().condition()).isEqualTo(Inspection.Condition.INTACT);
    }

    @Test
    void without_the_right_to_look_it_has_failed_and_is_never_called_missing() {
        String id = seed("is", "share", "theirs");
        account.strike(GET, 0, Faults.FORBIDDEN);

        assertThat(failed(answer(process, expecting(verify(), id), target)).code()).isEqualTo(FaultCode.FORBIDDEN);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void whatever_becomes_of_a_verifys_look_it_is_seen_as_it_is_in_the_end(String fault) {
        String id = seed("is", "share", "theirs");
        account.strike(GET, fault);

        assertThat(account.untilSettled(process, expecting(verify(), id), target)).isInstanceOfSatisfying(
                Outcome.Verified.class,
                seen -> assertThat(seen.inspection().condition()).isEqualTo(Inspection.Condition.INTACT));
    }

    private Command verify() {
        return account.command(StepName.FILE_STORAGE_AUTHORIZATION, Action.VERIFY);
    }

    private Outcome.Verified verify(String id, AuthorizationTarget wanted) {
        Outcome outcome = answer(process, expecting(verify(), id), wanted);
        assertThat(outcome).isInstanceOf(Outcome.Verified.class);
        return (Outcome.Verified) outcome;
    }

    private static void assertChanged(Outcome.Verified verified, String words) {
        assertThat(verified.inspection().condition()).isEqualTo(Inspection.Condition.CHANGED);
        assertThat(verified.inspection().differences()).singleElement().asString().contains(words);
    }

    // PROVISION

    @Test
    void a_new_authorization_is_created_once_with_our_mark_and_read_back() {
        Outcome.Created created = created(answer(process, provision(), target));

        assertThat(created.resource().name()).isEqualTo(MARK);
        assertThat(created.resource().instanceId()).isEqualTo(instance.guid());
        assertThat(created.visibleSince()).isBeforeOrEqualTo(account.now());
        assertThat(there()).containsExactly(created.resource().id());
    }

    @Test
    @Tag("case-44")
    void asked_again_the_duplicate_answer_is_recognised_as_ours() {
        Resource first = created(answer(process, provision(), target)).resource();

        assertThat(created(answer(process, provision(), target)).resource()).isEqualTo(first);
        assertThat(created(process.answer(provision(), target, true, () -> true).outcome()).resource())
                .isEqualTo(first);
        assertThat(there()).hasSize(1);
    }

    @Test
    void one_that_another_process_may_have_begun_to_create_is_created_only_when_it_is_asked_for_anew() {
        assertThat(process.answer(provision(), target, true, () -> true).outcome())
                .isInstanceOfSatisfying(Outcome.Deferred.class, deferred -> assertThat(deferred.fault()).isEmpty());
        assertThat(there()).isEmpty();

        Resource made = created(answer(process, provision(), target)).resource();
        assertThat(there()).containsExactly(made.id());
    }

    static Stream<String> faults() {
        return Faults.all().stream();
    }

    @ParameterizedTest
    @MethodSource("faults")
    @Tag("case-28")
    @Tag("case-44")
    void whatever_becomes_of_the_create_there_is_one_authorization_and_it_is_ours(String fault) {
        account.strike(CREATE, fault);

        Resource ours = created(account.untilSettled(process, provision(), target)).resource();

        assertThat(there()).containsExactly(ours.id());
    }

    static Stream<Arguments> pairs() {
        List<String> looks = List.of(
                Faults.UNAVAILABLE, Faults.TOO_MANY, "{\"type\":\"reset_before\"}", "{\"type\":\"truncate\"}",
                "{\"type\":\"html\"}");
        return Faults.AFTER.stream().flatMap(create -> looks.stream().map(look -> Arguments.of(create, look)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @Tag("case-29")
    void a_create_whose_answer_was_lost_is_found_however_the_looks_after_it_go(String create, String look) {
        account.strike(CREATE, create);
        account.strike(LIST, 9, look);
        account.strike(GET, 9, look);

        Resource ours = created(account.untilSettled(process, provision(), target)).resource();

        assertThat(there()).containsExactly(ours.id());
    }

    @Test
    @Tag("case-43")
    void somebody_elses_identical_authorization_is_adopted() {
        String theirs = seed("is", "share", "theirs");

        assertThat(answer(process, provision(), target)).isInstanceOfSatisfying(Outcome.Adopted.class, adopted -> {
            assertThat(adopted.resource().id()).isEqualTo(theirs);
            assertThat(adopted.resource().name()).isEqualTo("theirs");
        });
        assertThat(there()).containsExactly(theirs);
    }

    @Test
    @Tag("case-45")
    void a_broader_authorization_that_covers_it_is_adopted() {
        String theirs = seed("is", "", "theirs, broader");

        assertThat(answer(process, provision(), target)).isInstanceOfSatisfying(Outcome.Adopted.class,
                adopted -> assertThat(adopted.resource().id()).isEqualTo(theirs));
    }

    @Test
    void an_authorization_of_an_earlier_run_is_adopted_not_ours() {
        seed("is", "share", "kf-test-abcdefghijklmnop-0-root-key-1");

        assertThat(answer(process, provision(), target)).isInstanceOf(Outcome.Adopted.class);
    }

    // Delegation

    @Test
    void delegation_is_granted_beside_the_use_of_the_keys() {
        created(answer(process, provision(), delegating));

        assertThat(rolesThere()).containsExactly(Set.of(READER, DELEGATOR));
        created(answer(process, provision(), delegating)); // a reply that was lost is our own when asked again
        assertThat(there()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void whatever_becomes_of_the_create_there_is_one_delegating_authorization_and_it_is_ours(String fault) {
        account.strike(CREATE, fault);

        created(account.untilSettled(process, provision(), delegating));

        assertThat(rolesThere()).containsExactly(Set.of(READER, DELEGATOR));
    }

    @Test
    @Tag("case-45")
    void an_authorization_that_may_not_be_delegated_is_not_taken_for_one_that_may() {
        String theirs = seed("is", "share", "theirs");

        Outcome.Created ours = created(answer(process, provision(), delegating));

        assertThat(there()).containsExactlyInAnyOrder(theirs, ours.resource().id());
    }

    @Test
    void an_authorization_that_may_be_delegated_is_adopted_for_one_that_may_and_for_one_that_need_not() {
        String theirs = seed("is", "share", "theirs", READER, DELEGATOR);

        for (AuthorizationTarget wanted : List.of(delegating, target)) {
            assertThat(answer(process, provision(), wanted)).isInstanceOfSatisfying(
                    Outcome.Adopted.class, adopted -> assertThat(adopted.resource().id()).isEqualTo(theirs));
        }
    }

    @Test
    void if_iam_makes_none_beside_one_without_delegation_the_step_fails_and_says_what_to_do() {
        String theirs = seed("is", "share", "theirs");
        account.strike(CREATE, "{\"type\":\"status\",\"status\":409,\"body\":{\"errors\":[{\"code\":"
                + "\"policy_conflict_error\",\"message\":\"exists\",\"details\":{\"conflicts_with\":{\"policy\":\""
                + theirs + "\"}}}]}}");

        FaultReport fault = failed(answer(process, provision(), delegating));

        assertThat(fault.code()).isEqualTo(FaultCode.NAME_TAKEN);
        assertThat(fault.message()).contains(theirs, "lacks the role Authorization Delegator", "skip flag");
        assertThat(there()).containsExactly(theirs);
    }

    @Test
    void one_of_our_own_from_which_delegation_was_taken_away_is_not_enough_and_is_undone() {
        seed("is", "share", MARK);
        String ours = there().getFirst();

        FaultReport fault = failed(answer(process, expecting(provision(), ours), delegating));

        assertThat(fault.code()).isEqualTo(FaultCode.NAME_TAKEN);
        assertThat(fault.outcomeUnknown()).isTrue();
        assertThat(created(answer(process, resolve(), delegating)).resource().id()).isEqualTo(ours);
    }

    // Visible and granted

    @Test
    @Tag("case-37")
    @Tag("case-56")
    void one_that_is_not_visible_in_time_is_deferred_and_complete_once_it_is() {
        account.strike(CREATE, "{\"type\":\"delayed_visibility\",\"ms\":60000}");

        assertThat(answer(process, provision(), target)).isInstanceOfSatisfying(Outcome.Deferred.class,
                deferred -> assertThat(deferred.why()).endsWith("exists, but IAM does not show it yet."));
        Outcome.Created created = created(account.untilSettled(process, provision(), target));

        assertThat(created.visibleSince()).isBeforeOrEqualTo(account.now());
        assertThat(there()).containsExactly(created.resource().id());
    }

    @Test
    @Tag("case-56")
    void one_that_is_visible_within_a_turn_is_waited_for() {
        account.strike(CREATE, "{\"type\":\"delayed_visibility\",\"ms\":5000}");

        created(answer(process, provision(), target));
    }

    @Test
    @Tag("case-38")
    @Tag("case-57")
    void what_the_ledger_has_granted_is_looked_at_first_and_created_anew_if_it_has_gone() {
        String theirs = seed("is", "share", "theirs");

        assertThat(answer(process, expecting(provision(), theirs), target)).isInstanceOf(Outcome.Adopted.class);
        assertThat(account.emulator().cloud().counts().calls("iam-policy-v1.create_policy")).isZero();
        account.emulator().cloud().cloud().locked(() -> account.emulator().cloud().policies().remove(theirs));
        created(answer(process, expecting(provision(), theirs), target));
    }

    @Test
    void nothing_is_created_after_the_commands_time() {
        Command late = provision();
        account.pass(Duration.ofHours(1));

        assertThat(answer(process, late, target)).isInstanceOf(Outcome.Expired.class);
        assertThat(there()).isEmpty();
    }

    @Test
    @Tag("case-51")
    void a_refused_create_has_failed_at_once_and_a_full_account_too() {
        account.strike(CREATE, Faults.FORBIDDEN);
        FaultReport forbidden = failed(answer(process, provision(), target));
        assertThat(forbidden.code()).isEqualTo(FaultCode.FORBIDDEN);
        assertThat(forbidden.outcomeUnknown()).isFalse();
        assertThat(forbidden.message()).startsWith("hpc-1, file storage authorization: IAM: ");

        account.strike(CREATE, Faults.QUOTA);
        assertThat(failed(answer(process, provision(), target)).code()).isEqualTo(FaultCode.QUOTA_EXCEEDED);
    }

    // RESOLVE

    @Test
    void a_look_for_this_runs_own_finds_it_by_its_mark_or_nothing() {
        seed("is", "share", "another-runs-mark");
        assertThat(answer(process, resolve(), target)).isEqualTo(new Outcome.NotFound());

        String ours = seed("server-protect", "", MARK);
        assertThat(created(answer(process, resolve(), target)).resource().id()).isEqualTo(ours);
    }

    // what an import takes over

    @Test
    void what_somebody_else_has_made_for_that_source_is_found_and_seen_again_and_nothing_is_created() {
        seed("server-protect", "", "another source");
        String theirs = seed("is", "share", "by hand");

        assertThat(adopted(answer(process, adopting(resolve()), target))).isEqualTo(theirs);
        assertThat(adopted(answer(process, adopting(expecting(provision(), theirs)), target))).isEqualTo(theirs);
        assertThat(account.emulator().cloud().effects().all()).isEmpty();
    }

    @Test
    void the_very_one_is_preferred_to_a_broader_one_and_a_broader_one_does() {
        String broader = seed("is", "", "by hand, broader");
        String stronger = seed("is", "share", "by hand, stronger", SERVICE_ROLE + "Manager");
        assertThat(adopted(answer(process, adopting(resolve()), target))).isIn(broader, stronger);
        assertThat(adopted(answer(process, adopting(resolve()), target)))
                .as("the same each time").isEqualTo(adopted(answer(process, adopting(resolve()), target)));

        String exact = seed("is", "share", "by hand");
        assertThat(adopted(answer(process, adopting(resolve()), target))).isEqualTo(exact);
    }

    @Test
    void even_one_with_our_mark_is_taken_over_as_somebody_elses() {
        String marked = seed("is", "share", MARK);

        assertThat(adopted(answer(process, adopting(resolve()), target))).isEqualTo(marked);
        assertThat(adopted(answer(process, adopting(expecting(provision(), marked)), target))).isEqualTo(marked);
    }

    @Test
    void where_there_is_none_that_does_it_says_where_it_looked_and_what_came_near() {
        seed("server-protect", "", "another source");
        String notEnough = seed("is", "share", "by hand", DELEGATOR);

        FaultReport missing = failed(answer(process, adopting(resolve()), target));

        assertThat(missing.code()).isEqualTo(FaultCode.NOT_FOUND);
        assertThat(missing.message()).isEqualTo(
                "hpc-1, file storage authorization: there is no authorization that lets is (share) use the keys of the"
                        + " instance " + instance.guid() + ". It was looked for among the authorizations on that very"
                        + " instance, of which the worker sees 2; those on all of Key Protect are not looked at. Not enough"
                        + " is " + notEnough + ": It should grant the role Reader, and grants only"
                        + " AuthorizationDelegator. Check the name and the account, and that the worker's service ID may see"
                        + " it.");
        assertThat(account.emulator().cloud().effects().all()).isEmpty();
    }

    @Test
    void a_list_that_lags_behind_is_not_believed_at_once() {
        String theirs = seed("is", "share", "by hand");
        account.strike(LIST, "{\"type\":\"status\",\"status\":503}");
        account.strike(GET, "{\"type\":\"status\",\"status\":404}");

        assertThat(adopted(answer(process, adopting(resolve()), target))).isEqualTo(theirs);
        assertThat(adopted(answer(process, adopting(expecting(provision(), theirs)), target))).isEqualTo(theirs);
    }

    @Test
    void one_that_goes_before_it_is_taken_over_is_not_made_anew() {
        String theirs = seed("is", "share", "by hand");
        account.emulator().cloud().policies().remove(theirs);

        assertThat(failed(answer(process, adopting(expecting(provision(), theirs)), target)).code())
                .isEqualTo(FaultCode.NOT_FOUND);
        assertThat(there()).isEmpty();
    }

    private static String adopted(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Adopted.class);
        return ((Outcome.Adopted) outcome).resource().id();
    }

    // SWEEP

    @Test
    void a_sweep_deletes_the_authorization_that_carries_the_mark_and_no_other() {
        String marked = seed("server-protect", "", EmulatedAccount.MARK);
        String foreign = seed("is", "share", "theirs");

        assertThat(answer(process, expecting(sweep(), marked), target)).isInstanceOf(Outcome.Compensated.class);
        assertThat(answer(process, expecting(sweep(), foreign), target)).isInstanceOfSatisfying(
                Outcome.CompensationFailed.class,
                kept -> assertThat(kept.fault().code()).isEqualTo(FaultCode.NOT_OURS));
        assertThat(there()).containsExactly(foreign);
    }

    @Test
    void a_sweep_does_not_delete_one_on_another_instance_than_the_ledger_was_asked_about() {
        String marked = seed("server-protect", "", EmulatedAccount.MARK);
        var elsewhere = new AuthorizationTarget(target.source(), account.anInstance(), target.roles());

        assertThat(answer(process, expecting(sweep(), marked), elsewhere)).isInstanceOfSatisfying(
                Outcome.CompensationFailed.class,
                kept -> assertThat(kept.fault().code()).isEqualTo(FaultCode.NOT_OURS));
        assertThat(there()).containsExactly(marked);
    }

    @Test
    void a_sweep_keeps_what_its_own_source_still_needs_whatever_the_command_says_of_it() {
        String marked = seed("server-protect", "", EmulatedAccount.MARK);
        String key = account.seedKey(instance, "some-key", List.of(), false, 1);
        account.register(instance, key, "crn:v1:bluemix:public:server-protect:us-south:a/1::volume:r006-1");

        assertThat(answer(process, expecting(sweep(), marked), target)).isInstanceOfSatisfying(
                Outcome.CompensationFailed.class,
                kept -> assertThat(kept.fault().code()).isEqualTo(FaultCode.REGISTRATIONS_REMAIN));
        assertThat(there()).containsExactly(marked);
    }

    private Command sweep() {
        return account.command(StepName.FILE_STORAGE_AUTHORIZATION, Action.SWEEP);
    }

    // COMPENSATE

    @Test
    void exactly_the_expected_authorization_is_deleted_and_seen_gone() {
        Resource ours = created(answer(process, provision(), target)).resource();
        String other = seed("server-protect", "", "theirs");

        assertThat(answer(process, expecting(compensate(), ours.id()), target))
                .isEqualTo(new Outcome.Compensated(ours));
        assertThat(there()).containsExactly(other);
    }

    @ParameterizedTest
    @MethodSource("faults")
    @Tag("case-48")
    void whatever_becomes_of_the_delete_the_authorization_is_gone_in_the_end(String fault) {
        Resource ours = created(answer(process, provision(), target)).resource();
        account.strike(DELETE, fault);

        assertThat(account.untilSettled(process, expecting(compensate(), ours.id()), target))
                .isInstanceOf(Outcome.Compensated.class);
        assertThat(there()).isEmpty();
    }

    @Test
    @Tag("case-47")
    void one_that_has_gone_already_is_compensated() {
        Resource ours = created(answer(process, provision(), target)).resource();
        answer(process, expecting(compensate(), ours.id()), target);

        assertThat(answer(process, expecting(compensate(), ours.id()), target)).isInstanceOf(Outcome.Compensated.class);
    }

    @Test
    void one_that_was_created_but_cannot_be_read_yet_is_deleted_all_the_same() {
        account.strike(CREATE, "{\"type\":\"delayed_visibility\",\"ms\":60000}");
        answer(process, provision(), target);
        account.pass(Duration.ofMinutes(1));
        String id = there().getFirst();
        account.strike(GET, 0, "{\"type\":\"status\",\"status\":404}");

        assertThat(answer(process, expecting(compensate(), id), target)).isInstanceOf(Outcome.Compensated.class);
        assertThat(there()).isEmpty();
    }

    @Test
    void one_whose_source_still_has_registrations_stays() {
        Resource ours = created(answer(process, provision(), target)).resource();
        String key = account.seedKey(instance, "key", List.of(), false, 1);
        String share = "crn:v1:bluemix:public:is:us-south-1:a/acc::share:r006-1";
        account.register(instance, key, share);

        assertThat(answer(process, expecting(compensate(), ours.id()), target))
                .isInstanceOfSatisfying(Outcome.CompensationFailed.class, failed -> {
                    assertThat(failed.fault().code()).isEqualTo(FaultCode.REGISTRATIONS_REMAIN);
                    assertThat(failed.fault().message())
                            .contains("still protect " + share + ".")
                            .endsWith("Remove what still needs it.")
                            .doesNotContain("keyfold retry");
                });
        assertThat(there()).containsExactly(ours.id());
    }

    @Test
    void registrations_of_another_source_do_not_matter() {
        Resource ours = created(answer(process, provision(), target)).resource();
        String key = account.seedKey(instance, "key", List.of(), false, 1);
        account.register(instance, key, "crn:v1:bluemix:public:is:us-south-1:a/acc::volume:r006-1");

        assertThat(answer(process, expecting(compensate(), ours.id()), target)).isInstanceOf(Outcome.Compensated.class);
    }

    private Command provision() {
        return account.command(StepName.FILE_STORAGE_AUTHORIZATION, Action.PROVISION);
    }

    private Command resolve() {
        return account.command(StepName.FILE_STORAGE_AUTHORIZATION, Action.RESOLVE);
    }

    private Command compensate() {
        return account.command(StepName.FILE_STORAGE_AUTHORIZATION, Action.COMPENSATE);
    }

    private String seed(String service, String resourceType, String description) {
        return seed(service, resourceType, description, READER);
    }

    private String seed(String service, String resourceType, String description, String... roles) {
        var cloud = account.emulator().cloud();
        return cloud.cloud().locked(() -> cloud.policies().seedAuthorization(
                cloud.account(), EmulatedAccount.SOMEBODY, service, resourceType, "", instance.guid(),
                List.of(roles), description));
    }

    private List<String> there() {
        account.emulator().cloud().faults().clear(); // none is meant for this look
        return account.cloud().authorizationPolicies().all().whole().stream()
                .map(AuthorizationPolicy::id)
                .toList();
    }

    private List<Set<String>> rolesThere() {
        account.emulator().cloud().faults().clear();
        return account.cloud().authorizationPolicies().all().whole().stream()
                .map(AuthorizationPolicy::roles)
                .toList();
    }

    private static Outcome.Created created(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Created.class);
        return (Outcome.Created) outcome;
    }

    private static FaultReport failed(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        return ((Outcome.Failed) outcome).fault();
    }
}
