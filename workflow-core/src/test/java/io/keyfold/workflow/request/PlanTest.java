package io.keyfold.workflow.request;

import static io.keyfold.workflow.request.StorageService.BLOCK_STORAGE;
import static io.keyfold.workflow.request.StorageService.FILE_STORAGE;
import static io.keyfold.workflow.request.StorageService.OBJECT_STORAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.keyfold.workflow.request.PlannedStep.Authorization;
import io.keyfold.workflow.request.PlannedStep.Instance;
import io.keyfold.workflow.request.PlannedStep.RootKey;
import io.keyfold.workflow.request.PlannedStep.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PlanTest {
    private static final String COS = "01234567-89ab-cdef-0123-456789abcdef";
    private static final List<StorageService> ALL = List.of(StorageService.values());
    private static final Source BLOCK = new Source("server-protect", Optional.empty(), Optional.empty());
    private static final Source SHARE = new Source("is", Optional.of("share"), Optional.empty());
    private static final Source EVERY_COS = new Source("cloud-object-storage", Optional.empty(), Optional.empty());

    @Test
    void a_new_cluster_gets_an_instance_a_key_and_three_authorizations() {
        assertThat(Plan.of(request())).isEqualTo(
                new Plan(
                        List.of(
                                new Instance("hpc-1-kms", false, "us-south", "Default"),
                                new RootKey(StepName.ROOT_KEY, "hpc-1-key", false, ALL, Optional.empty()),
                                new Authorization(BLOCK_STORAGE, BLOCK, false, false),
                                new Authorization(FILE_STORAGE, SHARE, false, false),
                                new Authorization(OBJECT_STORAGE, EVERY_COS, false, false))));
    }

    @Test
    void delegation_is_asked_for_where_ibm_defines_it_and_the_plan_says_where_not() {
        Plan plan = Plan.of(request().withAuthorizationDelegation(true).withSkipped(FILE_STORAGE, true));

        assertThat(plan.steps()).filteredOn(Authorization.class::isInstance).map(Authorization.class::cast)
                .extracting(Authorization::storage, Authorization::delegates, Authorization::roles)
                .containsExactly(
                        tuple(BLOCK_STORAGE, true, List.of("Reader", "Authorization Delegator")),
                        tuple(FILE_STORAGE, true, List.of("Reader", "Authorization Delegator")),
                        tuple(OBJECT_STORAGE, false, List.of("Reader")));
        assertThat(plan.describe()).endsWith(
                "Authorize Cloud Block Storage in the whole account to use the instance's keys, as Reader,"
                        + " Authorization Delegator.",
                "Take the authorization of VPC File Storage to exist; none is created.",
                "Authorize every Object Storage instance of the account to use the instance's keys, as Reader (not"
                        + " delegated: IBM defines no delegation for it).");
    }

    @Test
    void created_keys_are_rotated_as_asked_and_the_plan_says_so() {
        Plan plan = Plan.of(request().withSeparateKeys(true).withRotationIntervalMonths(3));

        assertThat(plan.steps()).filteredOn(RootKey.class::isInstance).map(RootKey.class::cast)
                .extracting(RootKey::rotationMonths).containsExactly(Optional.of(3), Optional.of(3));
        assertThat(plan.describe()).contains(
                "Create the root key \"hpc-1-key\" for Cloud Object Storage, rotated every 3 months.");
    }

    @Test
    void what_deleting_a_key_will_take_is_planned_for_every_created_one_and_said_beforehand() {
        Plan plan = Plan.of(request().withSeparateKeys(true).withDualAuthorizationDelete(true));

        assertThat(plan.steps()).filteredOn(RootKey.class::isInstance).map(RootKey.class::cast)
                .extracting(RootKey::dualAuthorization).containsExactly(true, true);
        assertThat(plan.describe()).contains(
                "Create the root key \"hpc-1-key\" for Cloud Object Storage; deleting it takes a second identity, also to"
                        + " undo the run that makes it.");
    }

    @Test
    void provider_managed_encryption_plans_nothing() {
        for (DeployRequest request : List.of(request().withProviderManaged(), request().withKeyManagement("null"))) {
            Plan plan = Plan.of(request);
            assertThat(plan.isProviderManaged()).isTrue();
            assertThat(plan.steps()).isEmpty();
            assertThat(plan.keyOf(BLOCK_STORAGE)).isEmpty();
            assertThat(plan.describe()).containsExactly("Encryption is left to the provider: nothing is created.");
        }
    }

    @Test
    @Tag("case-101")
    void every_combination_of_inputs_has_its_plan() {
        int combinations = 0;
        for (DeployRequest request : combinations()) {
            Plan plan = Plan.of(request);
            combinations++;

            assertThat(plan.step(StepName.KMS_INSTANCE)).contains(
                    new Instance(
                            request.kmsInstanceName().orElse("hpc-1-kms"),
                            request.kmsInstanceName().isPresent(),
                            request.kmsRegion().orElse("us-south"),
                            "Default"));
            if (request.kmsKeyName().isPresent()) {
                assertThat(plan.step(StepName.ROOT_KEY))
                        .contains(new RootKey(StepName.ROOT_KEY, "team-key", true, ALL, Optional.empty()));
                assertThat(plan.step(StepName.VSI_ROOT_KEY)).isEmpty();
            } else if (request.separateKeys()) {
                assertThat(plan.step(StepName.ROOT_KEY))
                        .contains(new RootKey(StepName.ROOT_KEY, "hpc-1-key", false, List.of(OBJECT_STORAGE),
                                Optional.empty()));
                assertThat(plan.step(StepName.VSI_ROOT_KEY)).contains(
                        new RootKey(
                                StepName.VSI_ROOT_KEY,
                                "hpc-1-vsi-key",
                                false,
                                List.of(BLOCK_STORAGE, FILE_STORAGE),
                                Optional.empty()));
            } else {
                assertThat(plan.step(StepName.ROOT_KEY))
                        .contains(new RootKey(StepName.ROOT_KEY, "hpc-1-key", false, ALL, Optional.empty()));
                assertThat(plan.step(StepName.VSI_ROOT_KEY)).isEmpty();
            }
            assertThat(plan.step(BLOCK_STORAGE.authorization()))
                    .contains(new Authorization(BLOCK_STORAGE, BLOCK, request.skipBlockStorageAuthorization(), false));
            assertThat(plan.step(FILE_STORAGE.authorization()))
                    .contains(new Authorization(FILE_STORAGE, SHARE, request.skipFileStorageAuthorization(), false));
            assertThat(plan.step(OBJECT_STORAGE.authorization())).contains(
                    new Authorization(
                            OBJECT_STORAGE,
                            new Source("cloud-object-storage", Optional.empty(), request.cosInstanceGuid()),
                            request.skipObjectStorageAuthorization(),
                            false));

            // Whatever was asked, every storage service has exactly one key, and the instance comes first.
            assertThat(ALL).allMatch(storage -> plan.keyOf(storage).isPresent());
            assertThat(plan.steps().getFirst()).isInstanceOf(Instance.class);
            assertThat(plan.steps()).extracting(PlannedStep::step).doesNotHaveDuplicates();
            assertThat(plan.describe()).hasSameSizeAs(plan.steps());
        }
        assertThat(combinations).isEqualTo(128);
    }

    @Test
    void separate_keys_give_each_storage_service_its_own() {
        Plan plan = Plan.of(request().withSeparateKeys(true));
        assertThat(plan.keyOf(BLOCK_STORAGE)).contains(StepName.VSI_ROOT_KEY);
        assertThat(plan.keyOf(FILE_STORAGE)).contains(StepName.VSI_ROOT_KEY);
        assertThat(plan.keyOf(OBJECT_STORAGE)).contains(StepName.ROOT_KEY);
    }

    @Test
    void a_plan_reads_as_what_will_be_done() {
        assertThat(Plan.of(request().withSkipped(FILE_STORAGE, true)).describe()).containsExactly(
                "Create the KMS instance \"hpc-1-kms\" in us-south, resource group \"Default\".",
                "Create the root key \"hpc-1-key\" for Cloud Block Storage, VPC File Storage, Cloud Object Storage.",
                "Authorize Cloud Block Storage in the whole account to use the instance's keys, as Reader.",
                "Take the authorization of VPC File Storage to exist; none is created.",
                "Authorize every Object Storage instance of the account to use the instance's keys, as Reader.");
        assertThat(
                Plan.of(
                        request().withKmsInstanceName("shared").withKmsKeyName("team-key").withKmsRegion("eu-de")
                                .withCosInstanceGuid(COS))
                        .describe())
                .containsExactly(
                        "Use the existing KMS instance \"shared\" in eu-de; it is never deleted.",
                        "Use the existing root key \"team-key\" for Cloud Block Storage, VPC File Storage, Cloud"
                                + " Object Storage; it is never deleted.",
                        "Authorize Cloud Block Storage in the whole account to use the instance's keys, as"
                                + " Reader.",
                        "Authorize every VPC file share of the account to use the instance's keys, as Reader.",
                        "Authorize Cloud Object Storage instance " + COS
                                + " to use the instance's keys, as Reader.");
    }

    @Test
    void an_import_looks_up_the_same_things_under_the_same_names_and_creates_none() {
        assertThat(Plan.ofImport(request().withSeparateKeys(true).withSkipped(FILE_STORAGE, true)).describe())
                .containsExactly(
                        "Use the existing KMS instance \"hpc-1-kms\" in us-south; it is never deleted.",
                        "Use the existing root key \"hpc-1-key\" for Cloud Object Storage; it is never deleted.",
                        "Use the existing root key \"hpc-1-vsi-key\" for Cloud Block Storage, VPC File Storage; it is"
                                + " never deleted.",
                        "Use the existing authorization of Cloud Block Storage in the whole account to use the instance's"
                                + " keys, as Reader; it is never deleted.",
                        "Take the authorization of VPC File Storage to exist; none is created.",
                        "Use the existing authorization of every Object Storage instance of the account to use the"
                                + " instance's keys, as Reader; it is never deleted.");
        for (DeployRequest request : combinations()) {
            Plan plan = Plan.of(request);
            assertThat(Plan.ofImport(request).steps()).extracting(PlannedStep::step)
                    .isEqualTo(plan.steps().stream().map(PlannedStep::step).toList());
        }
        assertThat(Plan.ofImport(request().withProviderManaged()).isProviderManaged()).isTrue();
    }

    @Test
    void a_key_whose_material_is_brought_says_from_where() {
        assertThat(Plan.of(request().withKeyMaterialReference("file:hpc-1.key")).describe()).contains(
                "Create the root key \"hpc-1-key\", imported from file:hpc-1.key, for Cloud Block Storage, VPC File"
                        + " Storage, Cloud Object Storage.");
    }

    /// Every combination of instance, key, region, Object Storage instance and skip flags that the rules accept.
    private static List<DeployRequest> combinations() {
        List<DeployRequest> keys = List.of(
                request(),
                request().withSeparateKeys(true),
                request().withKmsInstanceName("shared"),
                request().withKmsInstanceName("shared").withKmsKeyName("team-key"));
        List<DeployRequest> all = new ArrayList<>();
        for (DeployRequest key : keys) {
            for (DeployRequest place : List.of(key, key.withKmsRegion("eu-de"))) {
                for (DeployRequest cos : List.of(place, place.withCosInstanceGuid(COS))) {
                    for (int flags = 0; flags < 8; flags++) {
                        all.add(
                                cos.withSkipped(BLOCK_STORAGE, (flags & 1) != 0)
                                        .withSkipped(FILE_STORAGE, (flags & 2) != 0)
                                        .withSkipped(OBJECT_STORAGE, (flags & 4) != 0));
                    }
                }
            }
        }
        return all;
    }

    private static DeployRequest request() {
        return DeployRequest.of("r-1", "hpc-1").withRegion("us-south");
    }
}
