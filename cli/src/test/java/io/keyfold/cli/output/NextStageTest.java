package io.keyfold.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.StorageStatus;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class NextStageTest {
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
