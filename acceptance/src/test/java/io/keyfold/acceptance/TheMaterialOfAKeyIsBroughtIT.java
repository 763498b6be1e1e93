package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.FaultCode;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bring your own key, end to end: imported from a file of the worker's, and nowhere else to be seen.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TheMaterialOfAKeyIsBroughtIT {
    private static final byte[] BYTES = "Material of nobody's, 32 bytes..".getBytes(StandardCharsets.US_ASCII);

    private final Site site = Site.shared();
    private final Cloud cloud = site.cloud();

    @Test
    @Tag("case-112")
    void a_cluster_gets_a_key_of_the_material_that_is_brought_and_nobody_else_sees_it() throws IOException {
        String base64 = Base64.getEncoder().encodeToString(BYTES);
        Files.writeString(site.materials().resolve("brought.key"), base64 + "\n");
        // The answer to the import is lost: it is looked for, not sent again.
        cloud.fault("{\"name\":\"lost\",\"operation\":\"key-protect.create_key\",\"body_contains\":\"brought-key\","
                + "\"count\":1,\"fault\":{\"type\":\"reset_after\"}}");

        String cluster = site.deploy(Site.request("brought").setKeyMaterialReference("file:brought.key"));
        ClusterEncryptionStatus status = site.awaitEnd(cluster);

        assertThat(status.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.COMPLETED);
        assertThat(status.getStanding()).isEqualTo(Standing.CUSTOMER_MANAGED);
        assertThat(status.getResources()).allMatch(resource -> resource.getOwnership() == Ownership.CREATED);
        assertThat(cloud.hasStruck("lost")).isTrue();
        assertThat(cloud.keys("brought-key")).singleElement().satisfies(
                key -> assertThat(cloud.isImported(key)).isTrue());
        for (String seen : new String[]{site.topics(), site.logs(), cloud.state().toString()}) {
            assertThat(seen.contains("brought")).isTrue();
            assertThat(seen.contains(base64)).isFalse();
            assertThat(seen.contains(new String(BYTES, StandardCharsets.US_ASCII))).isFalse();
            assertThat(seen.toLowerCase(Locale.ROOT).contains(HexFormat.of().formatHex(BYTES))).isFalse();
        }
    }

    @Test
    @Tag("case-23")
    void material_that_is_not_there_fails_the_run_and_leaves_nothing_behind() {
        String cluster = site.deploy(Site.request("brought-no").setKeyMaterialReference("file:none.key"));
        ClusterEncryptionStatus status = site.awaitEnd(cluster);

        assertThat(status.getLastRun().getState()).as(site.story(cluster)).isEqualTo(RunState.FAILED);
        assertThat(status.getLastRun().getFault().getCode()).isEqualTo(FaultCode.KEY_MATERIAL_UNUSABLE);
        assertThat(status.getLastRun().getFault().getMessage()).contains("file:none.key", "material.directory");
        assertThat(status.getResources()).isEmpty();
        assertThat(cloud.instances("brought-no-kms")).isEmpty();
    }

    @Test
    void a_plan_says_from_where_the_material_comes(@TempDir Path folder) throws IOException {
        Path request = Files.writeString(
                folder.resolve("request.json"),
                "{\"cluster_prefix\":\"brought-2\",\"region\":\"us-south\","
                        + "\"key_material_reference\":\"vault:hpc/brought-2\"}");

        assertThat(site.run("plan", "-f", request.toString()).expect(0).out())
                .contains("\"brought-2-key\"", "imported from vault:hpc/brought-2");
    }
}
