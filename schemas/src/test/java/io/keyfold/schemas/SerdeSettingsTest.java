package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SerdeSettingsTest {
    @TempDir
    Path secrets;

    @Test
    void what_a_setting_refers_to_is_put_in_its_place() throws IOException {
        Files.writeString(secrets.resolve("password"), "4711");

        SerdeSettings settings = settings("token:${secret:" + secrets + ":password}");

        assertThat(settings.client()).isEqualTo(Map.of("basic.auth.user.info", "token:4711"));
        assertThat(settings.forSerdes()).containsEntry("basic.auth.user.info", "token:4711");
        assertThat(settings.toString()).doesNotContain("4711");
    }

    @Test
    void a_reference_to_nothing_is_refused_by_the_settings_name() {
        assertThatThrownBy(() -> settings("token:${secret:" + secrets + ":password}"))
                .hasMessage(
                        "registry.basic.auth.user.info refers to something that is not there. Is its file mounted?");
    }

    @Test
    void without_providers_nothing_is_a_reference() {
        Map<String, String> given =
                Map.of("schema.registry.url", "mock://x", "registry.basic.auth.user.info", "a:${b}");

        assertThat(SerdeSettings.from(given).client()).isEqualTo(Map.of("basic.auth.user.info", "a:${b}"));
    }

    private static SerdeSettings settings(String userInfo) {
        Map<String, String> given = new HashMap<>();
        given.put("schema.registry.url", "mock://x");
        given.put("registry.config.providers", "secret");
        given.put(
                "registry.config.providers.secret.class",
                "org.apache.kafka.common.config.provider.DirectoryConfigProvider");
        given.put("registry.basic.auth.user.info", userInfo);
        return SerdeSettings.from(given);
    }
}
