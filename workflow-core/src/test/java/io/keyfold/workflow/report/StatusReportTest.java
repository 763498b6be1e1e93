package io.keyfold.workflow.report;

import static io.keyfold.workflow.request.StepName.BLOCK_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.FILE_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.KMS_INSTANCE;
import static io.keyfold.workflow.request.StepName.OBJECT_STORAGE_AUTHORIZATION;
import static io.keyfold.workflow.request.StepName.ROOT_KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.RequestRules;
import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.request.StorageService;
import io.keyfold.workflow.request.Violation;
import io.keyfold.workflow.saga.Aim;
import io.keyfold.workflow.saga.Ask;
import io.keyfold.workflow.saga.CloudResource;
import io.keyfold.workflow.saga.Fault;
import io.keyfold.workflow.saga.FaultCode;
import io.keyfold.workflow.saga.InForce;
import io.keyfold.workflow.saga.Ownership;
import io.keyfold.workflow.saga.Resource;
import io.keyfold.workflow.saga.Run;
import io.keyfold.workflow.saga.RunState;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.Standing;
import io.keyfold.workflow.saga.Step;
import io.keyfold.workflow.saga.StepState;
import io.keyfold.workflow.saga.Undo;
import io.keyfold.workflow.saga.UndoState;
import io.keyfold.workflow.saga.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class StatusReportTest {
    private static final ClusterId CLUSTER = new ClusterId("default", "hpc-1");
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant LATER = START.plusSeconds(60);
    private static final UUID SOME_ID = UUID.fromString("00000000-0000-0000-0000-000000000001");
    private static final DeployRequest REQUEST = DeployRequest.of("r-1", "hpc-1").withZone("us-south-1")
            .withExternalId("lsf 7");
    private static final Fault FORBIDDEN = Fault.ours(FaultCode.FORBIDDEN, "Key Protect refuses to create the key.");

    @Test
    void a_cluster_that_is_customer_managed_tells_key_and_authorization_of_each_storage_service() {
        StatusReport report = StatusReport.of(completed(REQUEST.withSkipped(StorageService.FILE_STORAGE, true)));

        assertThat(report.standing()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(report.externalId()).isEqualTo("lsf 7");
        assertThat(report.region()).isEqualTo("us-south");
        assertThat(report.kmsRegion()).isEqualTo("us-south");
        assertThat(report.storage()).containsExactly(
                new StorageReport(
                        StorageService.BLOCK_STORAGE,
                        Standing.CUSTOMER_MANAGED,
                        "crn:key-1",
                        "hpc-1-key",
                        Optional.of(ReportedOwnership.CREATED),
                        "policy-block",
                        Optional.of(ReportedOwnership.ADOPTED),
                        Optional.of(START),
                        "At least Cloud Block Storage in the whole account",
                        Optional.empty()),
                new StorageReport(
                        StorageService.FILE_STORAGE,
                        Standing.CUSTOMER_MANAGED,
                        "crn:key-1",
                        "hpc-1-key",
                        Optional.of(ReportedOwnership.CREATED),
                        "",
                        Optional.of(ReportedOwnership.SKIPPED),
                        Optional.empty(),
                        "Taken to exist, not looked up: every VPC file share of the account",
                        Optional.empty()),
                new StorageReport(
                        StorageService.OBJECT_STORAGE,
                        Standing.CUSTOMER_MANAGED,
                        "crn:key-1",
                        "hpc-1-key",
                        Optional.of(ReportedOwnership.CREATED),
                        "policy-cos",
                        Optional.of(ReportedOwnership.CREATED),
                        Optional.of(START),
                        "every Object Storage instance of the account",
                        Optional.empty()));
        assertThat(report.resources()).extracting(
                ResourceReport::step,
                ResourceReport::ownership,
                ResourceReport::id)
                .containsExactly(
                        tuple(KMS_INSTANCE, ReportedOwnership.CREATED, "kms-1"),
                        tuple(ROOT_KEY, ReportedOwnership.CREATED, "key-1"),
                        tuple(BLOCK_STORAGE_AUTHORIZATION, ReportedOwnership.ADOPTED, "policy-block"),
                        tuple(FILE_STORAGE_AUTHORIZATION, ReportedOwnership.SKIPPED, ""),
                        tuple(OBJECT_STORAGE_AUTHORIZATION, ReportedOwnership.CREATED, "policy-cos"));
        RunReport run = report.lastRun().orElseThrow();
        assertThat(run.message()).isEqualTo("Encrypted with root key \"hpc-1-key\".");
        assertThat(run.remedy()).isEmpty();
    }

    @Test
    void region_and_resource_group_of_the_keys_are_those_of_the_request_in_force_until_a_change_has_come_about() {
        DeployRequest request = REQUEST.withKmsRegion("eu-de").withResourceGroup("hpc");
        StatusReport report = StatusReport.of(
                with(completed(request), run(REQUEST.withProviderManaged(), RunState.IN_PROGRESS, Optional.empty())));

        assertThat(report.kmsRegion()).isEqualTo("eu-de");
        assertThat(report.resourceGroup()).isEqualTo("hpc");
    }

    @Test
    void a_storage_service_whose_key_is_gone_is_not_said_to_be_encrypted_with_it() {
        Saga whole = completed(REQUEST);
        Saga drifted = new Saga(
                whole.cluster(),
                whole.revision(),
                whole.auditSequence(),
                Standing.DRIFTED,
                whole.standingSince(),
                whole.inForce(),
                whole.runs(),
                whole.lastRun(),
                whole.resources().stream().filter(resource -> !resource.id().equals("key-1")).toList(),
                whole.undos(),
                whole.seenRequests(),
                whole.seenControls(),
                whole.cancelledInAdvance(),
                whole.removalAsked(),
                Verification.NONE,
                Optional.empty(),
                "", List.of(), "");

        assertThat(StatusReport.of(drifted).storage()).extracting(StorageReport::encryption, StorageReport::rootKeyCrn)
                .containsOnly(tuple(Standing.NONE, ""));
    }

    @Test
    void an_authorization_that_is_narrowed_names_the_instance_it_covers() {
        String guid = "01234567-89ab-cdef-0123-456789abcdef";
        assertThat(StatusReport.of(completed(REQUEST.withCosInstanceGuid(guid))).storage().get(2).authorizationScope())
                .isEqualTo("Cloud Object Storage instance " + guid);
    }

    @Test
    void an_authorization_that_may_be_delegated_says_so_whatever_the_latest_request_asked_for() {
        DeployRequest skipping = REQUEST.withSkipped(StorageService.FILE_STORAGE, true);
        for (DeployRequest request : List.of(skipping.withAuthorizationDelegation(true), skipping)) {
            assertThat(StatusReport.of(completed(request, true)).storage())
                    .extracting(StorageReport::authorizationScope)
                    .containsExactly(
                            "At least Cloud Block Storage in the whole account, delegable to services it depends on",
                            "Taken to exist, not looked up: every VPC file share of the account",
                            "every Object Storage instance of the account");
        }
    }

    @Test
    @Tag("case-101")
    void an_authorization_that_was_kept_when_it_was_to_be_skipped_is_listed_once_and_as_whose_it_is() {
        StatusReport report = StatusReport.of(completed(REQUEST.withSkipped(StorageService.OBJECT_STORAGE, true)));

        assertThat(report.resources()).filteredOn(resource -> resource.step() == OBJECT_STORAGE_AUTHORIZATION)
                .extracting(ResourceReport::ownership, ResourceReport::id)
                .containsExactly(tuple(ReportedOwnership.CREATED, "policy-cos"));
        assertThat(report.storage().getLast().authorizationOwnership()).contains(ReportedOwnership.CREATED);
    }

    @Test
    @Tag("case-103")
    void the_first_run_in_its_middle_holds_nothing_yet_and_says_what_is_under_way() {
        StatusReport report = StatusReport.of(
                saga(
                        Standing.NONE,
                        run(
                                RunState.IN_PROGRESS,
                                Optional.empty(),
                                step(KMS_INSTANCE, new StepState.Created("kms-1")),
                                step(ROOT_KEY, new StepState.Provisioning(SOME_ID, Aim.create())),
                                step(
                                        BLOCK_STORAGE_AUTHORIZATION,
                                        new StepState.Deferred(
                                                LATER,
                                                "not yet visible",
                                                new Ask.Provision(Aim.create())))),
                        List.of(resource(KMS_INSTANCE, "kms-1", Ownership.CREATED))));

        assertThat(report.standing()).isEqualTo(Standing.NONE);
        assertThat(report.storage()).extracting(StorageReport::encryption).containsOnly(Standing.NONE);
        assertThat(report.lastRun().orElseThrow().message()).isEqualTo(
                "1 of 3 steps done; under way: root key, authorization of block storage.");
        assertThat(report.steps()).extracting(StepReport::state, StepReport::nextAt, StepReport::next).containsExactly(
                tuple(ReportedStepState.CREATED, Optional.empty(), ""),
                tuple(ReportedStepState.RUNNING, Optional.empty(), "The worker makes it."),
                tuple(ReportedStepState.DEFERRED, Optional.of(LATER), "Asked again then: not yet visible."));
    }

    @Test
    @Tag("case-103")
    void a_failed_run_says_why_and_what_to_do_for_the_step_that_failed() {
        RunReport run = StatusReport.of(
                saga(
                        Standing.NONE,
                        run(
                                RunState.FAILED,
                                Optional.of(FORBIDDEN),
                                step(KMS_INSTANCE, new StepState.Compensated("kms-1", Optional.empty(), "")),
                                step(ROOT_KEY, new StepState.Failed(FORBIDDEN))),
                        List.of()))
                .lastRun().orElseThrow();

        assertThat(run.message())
                .isEqualTo("Failed: Key Protect refuses to create the key. Nothing of it is left.");
        assertThat(run.remedy()).isEqualTo(
                "Grant the worker's service ID the service role Manager on the Key Protect instance. Then: keyfold"
                        + " retry default/hpc-1, or deploy again under a new request_id.");
    }

    @Test
    void what_is_kept_for_others_after_a_failure_is_listed_with_those_who_need_it() {
        Resource kept = new Resource(
                KMS_INSTANCE,
                cloud("kms-1"),
                Ownership.RETAINED,
                1,
                START,
                List.of("default/hpc-2"),
                Optional.of(LATER),
                1,
                false,
                Optional.empty(), false, false, Optional.empty());
        StatusReport report = StatusReport.of(
                saga(
                        Standing.NONE,
                        run(
                                RunState.FAILED,
                                Optional.of(FORBIDDEN),
                                step(KMS_INSTANCE, new StepState.Retained("kms-1", List.of("default/hpc-2")))),
                        List.of(kept)));

        assertThat(report.lastRun().orElseThrow().message())
                .endsWith(
                        "Undone except for what others still need: KMS instance kms-1 (kept for default/hpc-2). Whether it may"
                                + " be deleted is asked again by itself, within a day; at once with: keyfold deprovision"
                                + " default/hpc-1");
        assertThat(report.resources()).extracting(ResourceReport::ownership, ResourceReport::retainedFor)
                .containsExactly(tuple(ReportedOwnership.RETAINED, List.of("default/hpc-2")));
        assertThat(report.steps().getFirst().next())
                .isEqualTo("Kept for default/hpc-2. Whether it may be deleted is asked again at " + LATER + ".");
    }

    @Test
    void a_key_in_use_says_what_to_mend_when_it_is_asked_for_again_and_the_command_to_do_so_at_once() {
        Fault inUse = Fault.ours(FaultCode.KEY_IN_USE, "The key protects 2 volumes.");
        Instant again = START.plus(Duration.ofHours(1));
        StatusReport report = parked(RunState.KEY_IN_USE, inUse, Optional.of(again));

        assertThat(report.lastRun().orElseThrow().remedy()).isEqualTo(
                "root key key-1: Delete the volumes, snapshots, images, file shares and buckets that the key protects;"
                        + " Key Protect lists them as the key's associated resources. It then goes on by itself; at once"
                        + " with: keyfold retry default/hpc-1");
        assertThat(report.lastRun().orElseThrow().message()).endsWith("Still to be deleted: root key key-1.");
        StepReport step = report.steps().getFirst();
        assertThat(step.state()).isEqualTo(ReportedStepState.KEY_IN_USE);
        assertThat(step.lastError()).contains(inUse);
        assertThat(step.nextAt()).contains(again);
        assertThat(step.next())
                .isEqualTo("Its deletion is asked for again then; at once with: keyfold retry default/hpc-1");
    }

    @Test
    @Tag("case-93")
    void what_takes_a_person_says_the_command_to_go_on() {
        Fault refused = Fault.ours(FaultCode.CONFLICT, "The key is busy.");
        StatusReport report = parked(RunState.COMPENSATION_FAILED, refused, Optional.empty());

        assertThat(report.lastRun().orElseThrow().remedy()).endsWith(" Then: keyfold retry default/hpc-1");
        StepReport step = report.steps().getFirst();
        assertThat(step.nextAt()).isEmpty();
        assertThat(step.next()).isEqualTo("Waits for a person, then: keyfold retry default/hpc-1");
    }

    @Test
    void a_deletion_that_ibm_puts_off_for_long_says_what_a_person_can_do_and_that_it_goes_on() {
        assertThat(putOff(4).remedy()).isEmpty();

        assertThat(putOff(5).state()).isEqualTo(RunState.COMPENSATING);
        assertThat(putOff(5).remedy()).isEqualTo(
                "KMS instance kms-1: asked to go 5 times, and still there. See what IBM Cloud's console says of it. If it"
                        + " stays so, ask IBM support to remove it, and name its CRN " + cloud("kms-1").crn()
                        + ". It goes on"
                        + " by itself, at the latest after 10 minutes each time; at once with: keyfold retry default/hpc-1");
    }

    private static RunReport putOff(int attempts) {
        Resource instance = resource(KMS_INSTANCE, "kms-1", Ownership.CREATED);
        return StatusReport.of(
                saga(
                        Standing.NONE,
                        run(
                                RunState.COMPENSATING, Optional.of(FORBIDDEN),
                                step(KMS_INSTANCE, new StepState.Created("kms-1"))),
                        List.of(instance),
                        new Undo(instance, 1,
                                new UndoState.Deferred(UUID.randomUUID(), LATER, "It is being provisioned."),
                                attempts, Optional.of(Fault.ours(FaultCode.CONFLICT, "It is being provisioned.")),
                                false,
                                0, Optional.empty())))
                .lastRun().orElseThrow();
    }

    private static StatusReport parked(RunState state, Fault why, Optional<Instant> askAgainAt) {
        Resource key = resource(ROOT_KEY, "key-1", Ownership.CREATED);
        return StatusReport.of(
                saga(
                        Standing.NONE,
                        run(state, Optional.of(FORBIDDEN), step(ROOT_KEY, new StepState.Created("key-1"))),
                        List.of(key),
                        new Undo(key, 1, new UndoState.Parked(why, askAgainAt), 1, Optional.of(why), false, 1,
                                Optional.empty())));
    }

    @Test
    void a_surplus_thing_on_its_way_out_is_listed_though_no_step_owns_it() {
        Resource second = resource(ROOT_KEY, "key-2", Ownership.CREATED);
        Saga saga = completed(REQUEST);
        StatusReport report = StatusReport.of(
                with(saga, new Undo(second, 1, new UndoState.Deleting(SOME_ID, SOME_ID), 1, Optional.empty(), false,
                        0, Optional.empty())));

        assertThat(report.resources()).extracting(ResourceReport::id).contains("key-1", "key-2");
        assertThat(report.steps()).extracting(StepReport::state).doesNotContain(ReportedStepState.DELETING);
    }

    @Test
    void a_rejected_request_lists_its_violations_and_leaves_the_standing_alone() {
        DeployRequest bad = DeployRequest.of("r-2", "hpc-1").withRegion("mars").withExternalId("other");
        List<Violation> violations = RequestRules.check(bad, START);
        Run rejected = new Run(
                0,
                bad,
                RunState.REJECTED,
                START,
                START,
                Optional.of(START),
                Optional.empty(),
                violations,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        StatusReport report = StatusReport.of(with(completed(REQUEST), rejected));

        RunReport run = report.lastRun().orElseThrow();
        assertThat(run.violations()).hasSize(1).first().asString()
                .startsWith("INVALID_REQUEST: region = \"mars\"; allowed: one of au-syd");
        assertThat(run.deadline()).isEmpty();
        assertThat(run.message()).isEqualTo("Rejected: 1 rule broken. Nothing has changed.");
        assertThat(report.standing()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(report.externalId()).isEqualTo("lsf 7");
        assertThat(report.region()).isEqualTo("us-south");
    }

    @Test
    void provider_managed_encryption_is_said_of_every_storage_service() {
        DeployRequest request = DeployRequest.of("r-1", "hpc-1").withProviderManaged();
        StatusReport report = StatusReport.of(
                new Saga(
                        CLUSTER,
                        1,
                        1,
                        Standing.PROVIDER_MANAGED,
                        Optional.of(START),
                        Optional.of(new InForce(request, Map.of())),
                        1,
                        Optional.of(run(request, RunState.COMPLETED, Optional.empty())),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Verification.NONE,
                        Optional.empty(),
                        "", List.of(), ""));

        assertThat(report.storage()).extracting(StorageReport::encryption, StorageReport::rootKeyCrn)
                .containsOnly(tuple(Standing.PROVIDER_MANAGED, ""));
        assertThat(report.resources()).isEmpty();
        assertThat(report.kmsRegion()).isEmpty();
        assertThat(report.resourceGroup()).isEmpty();
        assertThat(report.lastRun().orElseThrow().message())
                .isEqualTo("Encryption is left to the provider; nothing was created for it.");
    }

    @Test
    void a_cluster_of_which_nothing_is_known_has_an_empty_report() {
        StatusReport report = StatusReport.of(Saga.unknown(CLUSTER));

        assertThat(report.lastRun()).isEmpty();
        assertThat(report.storage()).hasSize(3);
        assertThat(report.resources()).isEmpty();
        assertThat(report.steps()).isEmpty();
    }

    private static Saga completed(DeployRequest request) {
        return completed(request, false);
    }

    private static Saga completed(DeployRequest request, boolean blockStorageDelegates) {
        boolean fileSkipped = request.skipFileStorageAuthorization();
        Map<StepName, String> uses = Map.of(
                KMS_INSTANCE,
                "kms-1",
                ROOT_KEY,
                "key-1",
                BLOCK_STORAGE_AUTHORIZATION,
                "policy-block",
                OBJECT_STORAGE_AUTHORIZATION,
                "policy-cos");
        return new Saga(
                CLUSTER,
                3,
                9,
                Standing.CUSTOMER_MANAGED,
                Optional.of(LATER),
                Optional.of(new InForce(request, uses)),
                1,
                Optional.of(
                        run(
                                request,
                                RunState.COMPLETED,
                                Optional.empty(),
                                step(KMS_INSTANCE, new StepState.Created("kms-1")),
                                step(ROOT_KEY, new StepState.Created("key-1")),
                                step(BLOCK_STORAGE_AUTHORIZATION, new StepState.Adopted("policy-block")),
                                step(
                                        FILE_STORAGE_AUTHORIZATION,
                                        fileSkipped ? new StepState.Skipped() : new StepState.Created("policy-share")),
                                step(OBJECT_STORAGE_AUTHORIZATION, new StepState.Created("policy-cos")))),
                List.of(
                        resource(OBJECT_STORAGE_AUTHORIZATION, "policy-cos", Ownership.CREATED),
                        resource(KMS_INSTANCE, "kms-1", Ownership.CREATED),
                        resource(ROOT_KEY, "key-1", Ownership.CREATED),
                        new Resource(
                                BLOCK_STORAGE_AUTHORIZATION, cloud("policy-block"), Ownership.ADOPTED, 1, START,
                                List.of(), Optional.empty(), 0, blockStorageDelegates, Optional.empty(), false, false,
                                Optional.empty())),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Verification.NONE,
                Optional.empty(),
                "", List.of(), "");
    }

    private static Saga saga(Standing standing, Run run, List<Resource> resources, Undo... undos) {
        return new Saga(
                CLUSTER,
                1,
                1,
                standing,
                Optional.empty(),
                Optional.empty(),
                run.number(),
                Optional.of(run),
                resources,
                List.of(undos),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Verification.NONE,
                Optional.empty(),
                "", List.of(), "");
    }

    private static Saga with(Saga saga, Run run) {
        return new Saga(
                saga.cluster(),
                saga.revision(),
                saga.auditSequence(),
                saga.standing(),
                saga.standingSince(),
                saga.inForce(),
                saga.runs(),
                Optional.of(run),
                saga.resources(),
                saga.undos(),
                saga.seenRequests(),
                saga.seenControls(),
                saga.cancelledInAdvance(),
                saga.removalAsked(),
                Verification.NONE,
                Optional.empty(),
                "", List.of(), "");
    }

    private static Saga with(Saga saga, Undo undo) {
        return new Saga(
                saga.cluster(),
                saga.revision(),
                saga.auditSequence(),
                saga.standing(),
                saga.standingSince(),
                saga.inForce(),
                saga.runs(),
                saga.lastRun(),
                saga.resources(),
                List.of(undo),
                saga.seenRequests(),
                saga.seenControls(),
                saga.cancelledInAdvance(),
                saga.removalAsked(),
                Verification.NONE,
                Optional.empty(),
                "", List.of(), "");
    }

    private static Run run(RunState state, Optional<Fault> fault, Step... steps) {
        return run(REQUEST, state, fault, steps);
    }

    private static Run run(DeployRequest request, RunState state, Optional<Fault> fault, Step... steps) {
        return new Run(
                1,
                request,
                state,
                START,
                START.plusSeconds(1800),
                Optional.empty(),
                fault,
                List.of(),
                List.of(steps),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Step step(StepName name, StepState state) {
        return new Step(name, state, 1, Optional.empty(), Optional.of(START));
    }

    private static Resource resource(StepName step, String id, Ownership ownership) {
        return new Resource(step, cloud(id), ownership, 1, START, List.of(), Optional.empty(), 0, false,
                Optional.empty(), false, false, Optional.empty());
    }

    private static CloudResource cloud(String id) {
        String name = id.startsWith("key") ? "hpc-1-key" : id;
        return new CloudResource(id, "crn:" + id, name, "kms-1", "us-south", Optional.of(START));
    }
}
