package io.keyfold.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyfold.emulator.service.Behaviour;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmulatorSettingsTest {

    @Test
    void names_and_defaults_are_these() {
        Map<String, Object> defaults = new TreeMap<>(EmulatorSettings.DEFINITION.defaultValues());
        assertThat(defaults.toString()).isEqualTo("{allow.remote=false, api.keys=[hidden], "
                + "broader.policy.conflicts=true, destroyed.key.holds.alias=false, faults.file=, "
                + "ibm.account.id=0123456789abcdef0123456789abcdef, instance.with.keys.status=409, "
                + "list.staleness.ms=0, listen.host=127.0.0.1, listen.port=0, policy.visibility.delay.ms=0, "
                + "provisioning.delay.ms=0, quota.instances=100000, quota.keys.per.instance=100000, "
                + "quota.policies=100000, resource.groups=[Default], restore.wait.ms=30000, "
                + "rotation.interval.ms=3600000, seed=, token.lifetime.ms=3600000}");
        assertThat(EmulatorSettings.usual().behaviour()).isEqualTo(Behaviour.usual());
    }

    @Test
    void an_unknown_name_is_refused_with_the_nearest_right_one() {
        assertThatThrownBy(() -> EmulatorSettings.of(Map.of("listen.prot", "1"))).isInstanceOf(ConfigException.class)
                .hasMessageContaining("Did you mean listen.port?");
        assertThatThrownBy(() -> EmulatorSettings.of(Map.of("seed", "x"))).isInstanceOf(ConfigException.class);
    }

    @Test
    @Tag("case-111")
    void no_secret_is_shown() {
        assertThat(EmulatorSettings.of(Map.of("api.keys", "very-secret")).toString()).doesNotContain("very-secret");
    }

    @Test
    @Tag("case-125")
    void other_machines_are_kept_out_unless_allowed_in() {
        assertThatThrownBy(() -> EmulatorServer.start(EmulatorSettings.of(Map.of("listen.host", "0.0.0.0"))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("allow.remote=true");
        var allowed = EmulatorSettings.of(Map.of("listen.host", "0.0.0.0", "allow.remote", "true"));
        try (var emulator = EmulatorServer.start(allowed)) {
            assertThat(emulator.port()).isPositive();
        }
    }

    @Test
    void a_file_of_faults_is_in_force_from_the_start(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("faults.json"),
                "[{\"path\": \"/identity/**\", \"fault\": {\"type\": \"status\", \"status\": 500}}]");
        try (var emulator = Emulator.start(Map.of("faults.file", file.toString()))) {
            assertThat(Raw.anonymous(emulator.server()).token("x").statusCode()).isEqualTo(500);
        }
    }

    @Test
    void the_same_seed_and_calls_give_the_same_ids() {
        assertThat(guidWithSeed("7")).isEqualTo(guidWithSeed("7")).isNotEqualTo(guidWithSeed("8"));
    }

    private static String guidWithSeed(String seed) {
        try (var emulator = EmulatorServer.start(EmulatorSettings.of(Map.of("seed", seed)))) {
            return IbmClients.of(emulator).createInstance("x").getGuid();
        }
    }
}
