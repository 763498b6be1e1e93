package io.keyfold.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.cli.input.DeployInputs;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.StorageStatus;
import io.keyfold.workflow.request.Plan;
import io.keyfold.workflow.request.PlannedStep;
import io.keyfold.workflow.request.RequestRules;
import io.keyfold.workflow.wire.RequestFields;
import io.keyfold.workflow.wire.DeployRequests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class NextStageTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void the_next_stage_gets_names_CRNs_and_creates_no_authorization() {
        assertThat(NextStage.variables(Statuses.customerManaged())).hasValue("""
                # Encryption of default/hpc-1, revision 7 of its status
                key_management                              = "key_protect"
                kms_instance_name                           = "hpc-1-kms"
                kms_key_name                                = "hpc-1-$${key}"
                skip_iam_block_storage_authorization_policy = true
                skip_iam_share_authorization_policy         = true
                skip_kms_s2s_auth_policy                    = true

                # For stages that take CRNs instead of names.
                kms_instance_crn                            = "crn:instance"
                block_storage_key_crn                       = "crn:key"
                object_storage_key_crn                      = "crn:key"
                """);
    }

    @Test
    void separate_keys_are_handed_over_as_such_and_with_their_region() {
        var one = Statuses.customerManaged();
        var other = StorageStatus.newBuilder(one.getStorage().getLast()).setRootKeyCrn("crn:other-key").build();
        var status = ClusterEncryptionStatus.newBuilder(one)
                .setKmsRegion("eu-de")
                .setStorage(List.of(one.getStorage().getFirst(), other))
                .build();

        assertThat(NextStage.variables(status).orElse(""))
                .contains("separate_keys                               = true\n")
                .contains("kms_region                                  = \"eu-de\"\n")
                .doesNotContain("kms_key_name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Default", "hpc"})
    void fed_back_as_a_request_it_uses_what_there_is_and_creates_nothing(String resourceGroup) throws IOException {
        var status = ClusterEncryptionStatus.newBuilder(Statuses.customerManaged())
                .setKmsRegion("eu-de")
                .setResourceGroup(resourceGroup)
                .build();
        var file = Files.writeString(
                directory.resolve("next.tfvars"), NextStage.variables(status).orElse(""));

        var inputs = DeployInputs.read(file.toString())
                .with(Map.of("request_id", "r-2", "cluster_prefix", "hpc-1", "region", "us-south"));
        var request = DeployRequests.of(RequestFields.toRecord(inputs.values()));

        assertThat(RequestRules.check(request, Instant.EPOCH)).isEmpty();
        assertThat(request.resourceGroup()).isEqualTo(resourceGroup);
        assertThat(request.keyRegion()).contains("eu-de");
        assertThat(Plan.of(request).steps()).hasSize(5).allMatch(step -> switch (step) {
            case PlannedStep.Instance instance -> instance.adoptOnly() && instance.name().equals("hpc-1-kms");
            case PlannedStep.RootKey key -> key.adoptOnly() && key.name().equals("hpc-1-${key}");
            case PlannedStep.Authorization authorization -> authorization.skipped();
        });
    }

    @Test
    void provider_managed_encryption_is_handed_over_as_null() {
        assertThat(NextStage.variables(Statuses.providerManaged()).orElse("").lines())
                .endsWith("key_management                              = null");
    }

    @Test
    void nothing_is_handed_over_while_nothing_holds() {
        assertThat(NextStage.variables(Statuses.failed())).isEmpty();
    }
}
