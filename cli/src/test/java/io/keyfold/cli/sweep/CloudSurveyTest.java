package io.keyfold.cli.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyfold.emulator.EmulatorServer;
import io.keyfold.emulator.EmulatorSettings;
import io.keyfold.workers.ibmcloud.IbmCloud;
import io.keyfold.workers.ibmcloud.Credentials;
import io.keyfold.workers.ibmcloud.IbmCloudSettings;
import io.keyfold.workers.ibmcloud.KeyProtectUrl;
import io.keyfold.workers.ibmcloud.Secret;
import io.keyfold.workers.kmsinstance.NewKmsInstance;
import io.keyfold.workers.kmsinstance.NewKmsInstance.AllowedNetwork;
import io.keyfold.workers.step.FaultException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CloudSurveyTest {
    private final EmulatorServer emulator = EmulatorServer.start(EmulatorSettings.of(Map.of("seed", "7")));
    private final IbmCloud cloud = new IbmCloud(settings());

    @AfterEach
    void stop() {
        cloud.close();
        emulator.close();
    }

    @Test
    void what_is_deleted_while_it_is_looked_at_is_gone_and_no_gap_in_the_view() {
        var deleted = created("hpc-1-kms");
        var there = created("hpc-2-kms");
        emulator.cloud().clock().advance(Duration.ofMinutes(1));
        cloud.kmsInstances().delete(deleted);
        fault("{\"name\": \"lists\", \"operation\": \"resource-controller.list_instances\","
                + " \"fault\": {\"type\": \"stale_list\", \"ms\": 30000}}");

        assertThat(CloudSurvey.of("default", settings(), "default").ids()).contains(there).doesNotContain(deleted);
    }

    @Test
    void an_active_instance_that_shows_no_keys_leaves_the_view_incomplete() {
        created("hpc-1-kms");
        fault("{\"name\": \"keys\", \"operation\": \"key-protect.list_keys\", \"fault\": {\"type\": \"forbidden\"}}");

        assertThatThrownBy(() -> CloudSurvey.of("default", settings(), "default")).isInstanceOf(FaultException.class);
    }

    private String created(String name) {
        var group = cloud.kmsInstances().resourceGroupId("Default").orElseThrow();
        return cloud.kmsInstances()
                .create(new NewKmsInstance(name, "us-south", group, AllowedNetwork.PUBLIC_AND_PRIVATE, List.of()))
                .guid();
    }

    private void fault(String rule) {
        emulator.cloud().addFaults(rule);
    }

    private IbmCloudSettings settings() {
        var url = emulator.baseUrl();
        var time = Duration.ofSeconds(20);
        return new IbmCloudSettings(
                url, url, new KeyProtectUrl.Given(url.toString()),
                new Credentials.ApiKey(new Secret(EmulatorSettings.USUAL_API_KEY)),
                emulator.cloud().account(), time, time, 5000, 5000, 5000);
    }
}
