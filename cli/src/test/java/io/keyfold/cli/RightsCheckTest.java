package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.emulator.EmulatorServer;
import io.keyfold.emulator.EmulatorSettings;
import io.keyfold.workers.WorkerKind;
import io.keyfold.workers.ibmcloud.Credentials;
import io.keyfold.workers.ibmcloud.IbmCloud;
import io.keyfold.workers.ibmcloud.IbmCloudSettings;
import io.keyfold.workers.ibmcloud.KeyProtectUrl;
import io.keyfold.workers.ibmcloud.Secret;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("case-113")
class RightsCheckTest {
    private final EmulatorServer emulator = EmulatorServer.start(
            EmulatorSettings.of(
                    Map.of(
                            "seed", "7", "api.keys",
                            "all-key=Viewer+Manager,reader-key=Viewer+Reader,viewer-key=Viewer,stranger-key=Operator+KeyPurge")));

    @AfterEach
    void stop() {
        emulator.close();
    }

    @Test
    void a_manager_is_shown_to_be_one_and_what_no_read_takes_is_said_not_to_be_tried() {
        seedKey();

        var found = findings("all-key");

        assertThat(found).allMatch(Finding::isGood).extracting(Finding::subject)
                .containsExactly("roles prod/kms-instance", "roles prod/root-key", "roles prod/authorization");
        assertThat(found).extracting(Finding::words).containsExactly(
                "Viewer: sees instance hpc-1-kms. Editor, to create and delete them, is not tried: no read takes it",
                "Manager: reads the policies of key hpc-1-key",
                "Reader: reads the keys of hpc-1-kms. Administrator, to create and delete authorizations, is not tried:"
                        + " no read takes it");
        assertThat(emulator.cloud().effects().all()).as("nothing was changed").isEmpty();
    }

    @Test
    void a_role_that_is_missing_is_named_with_how_to_grant_it() {
        seedKey();

        var reader = findings("reader-key");
        assertThat(reader).extracting(Finding::isGood).containsExactly(true, false, true);
        assertThat(reader.get(1).words()).contains(
                "may not read the policies of key hpc-1-key in hpc-1-kms", "Manager on Key Protect is missing");
        assertThat(reader.get(1).remedy())
                .matches("ibmcloud iam service-policy-create ServiceId-\\S+ --roles Manager --service-name kms");

        var viewer = findings("viewer-key");
        assertThat(viewer).extracting(Finding::isGood).containsExactly(true, false, false);
        assertThat(viewer.get(1).words()).contains("Manager on Key Protect is missing");
        assertThat(viewer.get(2).words()).contains("may not read the keys of hpc-1-kms", "Reader on Key Protect");
        assertThat(viewer.get(2).remedy()).contains("--roles Reader --service-name kms");
    }

    @Test
    void where_nothing_is_there_to_be_read_that_is_said_and_not_called_wrong() {
        assertThat(findings("all-key")).hasSize(3).allMatch(Finding::isGood).extracting(Finding::words)
                .allMatch(words -> words.contains("No role could be tried"));
        seedInstance();
        assertThat(findings("all-key").get(1).words()).contains("of which none is usable", "could not be tried");
    }

    @Test
    void whoever_it_is_is_granted_a_role_by_the_command_for_his_kind() {
        assertThat(RightsCheck.grant("iam-ServiceId-1", "Reader"))
                .isEqualTo("ibmcloud iam service-policy-create ServiceId-1 --roles Reader --service-name kms");
        assertThat(RightsCheck.grant("iam-Profile-1", "Reader"))
                .isEqualTo("ibmcloud iam trusted-profile-policy-create Profile-1 --roles Reader --service-name kms");
        assertThat(RightsCheck.grant("IBMid-1", "Reader")).isEqualTo(
                "ibmcloud iam user-policy-create NAME --roles Reader --service-name kms, where NAME is the user with the"
                        + " IAM ID IBMid-1");
    }

    private List<Finding> findings(String apiKey) {
        var url = emulator.baseUrl();
        var time = Duration.ofSeconds(20);
        try (var cloud = new IbmCloud(
                new IbmCloudSettings(
                        url, url, new KeyProtectUrl.Given(url.toString()),
                        new Credentials.ApiKey(new Secret(apiKey)), emulator.cloud().account(), time, time, 5000, 5000,
                        5000))) {
            return RightsCheck.findings("prod", cloud, EnumSet.allOf(WorkerKind.class));
        }
    }

    private String seedInstance() {
        var group = emulator.cloud().groups().of(emulator.cloud().account()).getFirst();
        return emulator.cloud().cloud().locked(() -> emulator.cloud().instances().seed(
                Optional.empty(), "hpc-1-kms", emulator.cloud().account(), "us-south", group, "IBMid-somebody")).guid();
    }

    private void seedKey() {
        String instance = seedInstance();
        emulator.cloud().cloud().locked(
                () -> emulator.cloud().vaults().seedKey(
                        instance, "hpc-1-key", List.of(), false, 1, "IBMid-somebody"));
    }
}
