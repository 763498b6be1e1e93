package io.keyfold.workers.rootkey;

import static io.keyfold.workers.EmulatedAccount.answer;
import static io.keyfold.workers.EmulatedAccount.expecting;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workers.EmulatedAccount;
import io.keyfold.workers.Faults;
import io.keyfold.workers.step.Action;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.Inspection;
import io.keyfold.workers.step.InstanceAddress;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.RegistrationCount;
import io.keyfold.workers.step.StepName;
import io.keyfold.workers.step.StepRunner;
import io.keyfold.workers.step.StorageService;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// VERIFY of root keys, over HTTP against the emulator.
@Execution(ExecutionMode.CONCURRENT)
class RootKeyVerifyTest {
    private static final String NAME = "hpc-1-key";
    private static final String LOOK = "key-protect.get_key_metadata";
    private static final String LIST = "key-protect.list_keys";
    private static final String REGISTRATIONS = "key-protect.list_registrations";
    private static final String ROTATION = "key-protect.get_key_policies";

    private final EmulatedAccount account = new EmulatedAccount();
    private final InstanceAddress instance = account.anInstance();
    private final KeyTarget target = new KeyTarget(instance, NAME, Optional.empty(), false, Optional.empty());
    private final StepRunner<KeyTarget> process = account.process(
            new RootKeyWorker(account.cloud().rootKeys(), reference -> {
                throw new AssertionError("no material is brought here: " + reference);
            }));

    private final String key = account.seedKey(instance, NAME, List.of(), false, 1);

    @AfterEach
    void close() {
        assertThat(account.emulator().cloud().effects().all()).as("a VERIFY changes nothing").isEmpty();
        account.close();
    }

    @Test
    void a_key_as_it_should_be_is_intact_and_what_it_protects_is_counted() {
        account.register(instance, key, "crn:v1:bluemix:public:is:us-south-1:a/acc::volume:r006-1");
        account.register(instance, key, "crn:v1:bluemix:public:is:us-south-1:a/acc::volume:r006-2");
        account.register(instance, key, "crn:v1:bluemix:public:is:us-south-1:a/acc::share:r006-3");
        account.register(
                instance, key, "crn:v1:bluemix:public:cloud-object-storage:global:a/acc:guid:bucket:hpc-1-logs");

        Outcome.Verified verified = verify(key);

        assertThat(verified.resource().id()).isEqualTo(key);
        assertThat(verified.resource().name()).isEqualTo(NAME);
        assertThat(verified.inspection()).isEqualTo(new Inspection(
                Inspection.Condition.INTACT,
                List.of(),
                Optional.of(List.of(
                        new RegistrationCount(StorageService.OBJECT_STORAGE, "cloud-object-storage", "bucket", 1),
                        new RegistrationCount(StorageService.FILE_STORAGE, "is", "share", 1),
                        new RegistrationCount(StorageService.BLOCK_STORAGE, "is", "volume", 2)))));
    }

    @Test
    void registrations_are_counted_over_all_pages() {
        for (int number = 0; number < 420; number++) {
            account.register(instance, key, "crn:v1:bluemix:public:is:us-south-1:a/acc::volume:r006-" + number);
        }

        assertThat(verify(key).inspection().registrations().orElseThrow())
                .containsExactly(new RegistrationCount(StorageService.BLOCK_STORAGE, "is", "volume", 420));
    }

    @Test
    void without_the_right_to_read_registrations_the_keys_condition_stands() {
        account.strike(REGISTRATIONS, 0, Faults.FORBIDDEN);

        assertThat(verify(key).inspection())
                .isEqualTo(new Inspection(Inspection.Condition.INTACT, List.of(), Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "2 | suspended (disabled)",
        "3 | deactivated",
        "0 | not yet"})
    void a_key_that_is_not_active_is_changed(int state, String words) {
        account.emulator().cloud().vaults().move(key, state, EmulatedAccount.SOMEBODY);

        assertChanged(verify(key), words);
    }

    @Test
    @Tag("case-42")
    void a_standard_key_in_its_place_is_changed() {
        assertChanged(verify(account.seedKey(instance, NAME, List.of(), true, 1)), "standard key");
    }

    @Test
    void another_name_is_a_change() {
        assertChanged(
                verify(account.seedKey(instance, "renamed", List.of(), false, 1)),
                "Its name should be \"hpc-1-key\", and is \"renamed\".");
    }

    @Test
    void a_mark_for_deletion_is_a_change_with_its_date_until_that_is_over() {
        account.emulator().cloud().vaults().markForDeletion(key, true, EmulatedAccount.SOMEBODY);

        assertChanged(verify(key), "set for deletion, and is: a second person can delete it until 20");
        account.pass(Duration.ofDays(8));
        assertThat(verify(key).inspection().condition()).isEqualTo(Inspection.Condition.INTACT);
    }

    @Test
    void a_rotation_is_compared_only_if_one_is_wanted() {
        KeyTarget rotating = new KeyTarget(instance, NAME, Optional.of(3), false, Optional.empty());

        assertChanged(verify(key, rotating), "rotated every 3 months, and is never rotated by itself.");
        assertThat(verify(key).inspection().condition()).isEqualTo(Inspection.Condition.INTACT);
        assertThat(account.sent(ROTATION)).isEqualTo(1);
    }

    @Test
    void what_deleting_it_takes_is_compared_only_if_two_are_wanted() {
        KeyTarget guarded = new KeyTarget(instance, NAME, Optional.empty(), true, Optional.empty());

        assertChanged(verify(key, guarded), "Deleting it should take two identities, and takes one.");
        account.emulator().cloud().vaults().markForDeletion(key, false, EmulatedAccount.SOMEBODY);
        assertThat(verify(key, guarded).inspection().condition()).isEqualTo(Inspection.Condition.INTACT);
        assertThat(verify(key).inspection().condition()).isEqualTo(Inspection.Condition.INTACT);
    }

    @Test
    void a_destroyed_key_is_missing_with_its_dates_and_what_it_protected() {
        account.register(instance, key, "crn:v1:bluemix:public:is:us-south-1:a/acc::volume:r006-1");
        account.emulator().cloud().vaults().destroy(key, EmulatedAccount.SOMEBODY);

        Outcome.Verified verified = verify(key);

        assertMissing(verified, "was destroyed on 20", "restorable until 20", "(30 days)");
        assertThat(verified.resource().name()).isEqualTo(NAME);
        assertThat(verified.inspection().registrations().orElseThrow())
                .containsExactly(new RegistrationCount(StorageService.BLOCK_STORAGE, "is", "volume", 1));
        account.pass(Duration.ofDays(31));
        assertMissing(verify(key), "was destroyed on 20", "cannot be restored any more");
    }

    @Test
    void a_purged_key_is_missing_and_so_is_one_that_never_was() {
        account.emulator().cloud().vaults().purge(key);

        assertMissing(verify(key), "purged, or never was there");
        assertMissing(verify("00000000-0000-4000-8000-000000000001"), "purged, or never was there");
    }

    @Test
    void with_its_instance_a_key_is_missing_too() {
        account.emulator().cloud().instances().removeRestorably(instance.guid(), EmulatedAccount.SOMEBODY);

        Outcome.Verified verified = verify(key);

        assertMissing(verified, "neither it nor its instance " + instance.guid(), "reclamation");
        assertThat(verified.inspection().registrations()).isEmpty();
    }

    @Test
    void a_single_answer_that_it_is_not_there_is_not_believed() {
        account.strike(LOOK, status(404, "{\\\"resources\\\":[]}"));

        assertThat(verify(key).inspection().condition()).isEqualTo(Inspection.Condition.INTACT);
    }

    @Test
    void the_page_of_some_proxy_is_no_proof_that_it_is_missing() {
        account.strike(LOOK, 0, "{\"type\":\"status\",\"status\":404,\"body\":\"<html>no such page</html>\","
                + "\"content_type\":\"text/html\"}");

        assertThat(answer(process, command(key), target)).isInstanceOfSatisfying(Outcome.Deferred.class,
                deferred -> assertThat(deferred.fault().orElseThrow().code()).isEqualTo(FaultCode.PROTOCOL));
    }

    @Test
    void without_the_right_to_look_it_has_failed_and_is_never_called_missing() {
        account.strike(LOOK, 0, Faults.FORBIDDEN);

        assertThat(answer(process, command(key), target)).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.fault().code()).isEqualTo(FaultCode.FORBIDDEN);
            assertThat(failed.fault().outcomeUnknown()).isFalse();
            assertThat(failed.fault().answer().orElseThrow().code()).contains("UNAUTHORIZED_ERR");
        });
    }

    @Test
    void whether_the_instance_is_there_must_be_known_before_a_key_is_called_missing() {
        account.emulator().cloud().vaults().purge(key);
        account.strike(LIST, 0, Faults.UNAVAILABLE);

        assertThat(answer(process, command(key), target)).isInstanceOf(Outcome.Deferred.class);
    }

    static Stream<Arguments> faults() {
        return Stream.of(LOOK, REGISTRATIONS, ROTATION)
                .flatMap(call -> Faults.all().stream().map(fault -> Arguments.of(call, fault)));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void whatever_becomes_of_a_look_the_key_is_seen_as_it_is_in_the_end(String call, String fault) {
        account.register(instance, key, "crn:v1:bluemix:public:is:us-south-1:a/acc::volume:r006-1");
        account.strike(call, fault);
        KeyTarget rotating = new KeyTarget(instance, NAME, Optional.of(3), false, Optional.empty());

        Outcome outcome = account.untilSettled(process, command(key), rotating);

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Verified.class, verified -> {
            assertThat(verified.inspection().condition()).isEqualTo(Inspection.Condition.CHANGED);
            assertThat(verified.inspection().differences()).hasSize(1);
            assertThat(verified.inspection().registrations().orElseThrow()).hasSize(1);
        });
    }

    @Test
    void an_api_that_is_down_defers_it() {
        account.strike(LOOK, 0, Faults.UNAVAILABLE);

        assertThat(answer(process, command(key), target)).isInstanceOfSatisfying(Outcome.Deferred.class,
                deferred -> assertThat(deferred.until()).isAfter(account.now()));
    }

    private Outcome.Verified verify(String id) {
        return verify(id, target);
    }

    private Outcome.Verified verify(String id, KeyTarget wanted) {
        Outcome outcome = answer(process, command(id), wanted);
        assertThat(outcome).isInstanceOf(Outcome.Verified.class);
        return (Outcome.Verified) outcome;
    }

    private io.keyfold.workers.step.Command command(String id) {
        return expecting(account.command(StepName.ROOT_KEY, Action.VERIFY), id);
    }

    private static String status(int status, String body) {
        return "{\"type\":\"status\",\"status\":" + status + ",\"body\":\"" + body + "\"}";
    }

    private static void assertChanged(Outcome.Verified verified, String words) {
        assertThat(verified.inspection().condition()).isEqualTo(Inspection.Condition.CHANGED);
        assertThat(verified.inspection().differences()).singleElement().asString().contains(words);
    }

    private static void assertMissing(Outcome.Verified verified, String... words) {
        assertThat(verified.inspection().condition()).isEqualTo(Inspection.Condition.MISSING);
        assertThat(verified.inspection().differences()).singleElement().asString().contains(words);
    }
}
