package io.keyfold.workflow.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DeployRequestTest {

    // Pinned: these digests lie in the state of running installations. If one changes, re-sent requests are refused.
    @Test
    void the_digest_of_a_body_never_changes() {
        assertThat(DeployRequest.of("r-1", "hpc-1").withRegion("us-south").digest())
                .isEqualTo("3f8669bf3ba049b872b1100ca18c05fe");
        assertThat(
                DeployRequest.of("r-2", "hpc-2").withZone("eu-de-1").withKmsInstanceName("shared")
                        .withSkipped(StorageService.FILE_STORAGE, true)
                        .withDeadline(Instant.parse("2026-03-01T12:00:00Z")).digest())
                .isEqualTo("43c26192471996232830c5b255d2923e");
    }

    @Test
    void when_it_was_asked_does_not_count() {
        DeployRequest request = DeployRequest.of("r-1", "hpc-1");
        assertThat(request.withRequestedAt(Instant.parse("2026-03-01T12:00:00Z")).digest()).isEqualTo(request.digest());
    }

    @Test
    void null_and_the_text_null_are_the_same_body() {
        DeployRequest request = DeployRequest.of("r-1", "hpc-1");
        assertThat(request.withKeyManagement("null").digest()).isEqualTo(request.withProviderManaged().digest())
                .isNotEqualTo(request.digest());
    }

    @Test
    @Tag("case-12")
    void every_other_input_counts() {
        DeployRequest request = DeployRequest.of("r-1", "hpc-1");
        List<DeployRequest> bodies = List.of(
                request,
                DeployRequest.of("r-2", "hpc-1"),
                DeployRequest.of("r-1", "hpc-2"),
                request.withAccount("x"),
                request.withExternalId("x"),
                request.withProviderManaged(),
                request.withKmsInstanceName("x"),
                request.withKmsKeyName("x"),
                request.withRegion("x"),
                request.withZone("x"),
                request.withKmsRegion("x"),
                request.withResourceGroup("x"),
                request.withSkipped(StorageService.BLOCK_STORAGE, true),
                request.withSkipped(StorageService.FILE_STORAGE, true),
                request.withSkipped(StorageService.OBJECT_STORAGE, true),
                request.withCosInstanceGuid("x"),
                request.withSeparateKeys(true),
                request.withAuthorizationDelegation(true),
                request.withKeyMaterialReference("x"),
                request.withRotationIntervalMonths(1),
                request.withDualAuthorizationDelete(true),
                request.withDeletionProtection(false),
                request.withRequestedBy("x"),
                request.withDeadline(Instant.EPOCH));

        assertThat(bodies.stream().map(DeployRequest::digest)).doesNotHaveDuplicates().allMatch(
                digest -> digest.matches("[0-9a-f]{32}"));
        // Every component but the time of asking is changed once above.
        assertThat(bodies).hasSize(DeployRequest.class.getRecordComponents().length);
    }

    @Test
    void no_value_can_pass_for_another_input() {
        DeployRequest request = DeployRequest.of("r-1", "hpc-1");
        assertThat(request.withKmsInstanceName("a;kms_key_name=1:b").digest())
                .isNotEqualTo(request.withKmsInstanceName("a").withKmsKeyName("b").digest());
    }

    @Test
    void what_is_remembered_of_a_refused_request_is_small_and_printable() {
        DeployRequest clipped = DeployRequest.of("\u0000".repeat(1 << 20), "x".repeat(1 << 20))
                .withExternalId("\ud83d\ude00".repeat(1 << 18)).withKmsInstanceName("\n").clipped();

        assertThat(clipped.requestId()).hasSizeLessThan(800).endsWith("…");
        assertThat(clipped.clusterPrefix()).isEqualTo("x".repeat(128) + "…");
        assertThat(clipped.externalId()).isEqualTo("\ud83d\ude00".repeat(128) + "…");
        assertThat(clipped.kmsInstanceName()).contains("\\n");
        DeployRequest good = DeployRequest.of("r-1", "hpc-1").withRegion("us-south").withRequestedBy("ci");
        assertThat(good.clipped()).isEqualTo(good);
    }
}
