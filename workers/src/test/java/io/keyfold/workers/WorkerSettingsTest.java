package io.keyfold.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyfold.workers.ibmcloud.IbmCloudSettings;
import io.keyfold.workers.kmsinstance.NewKmsInstance.AllowedNetwork;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerSettingsTest {
    private static final Map<String, String> NEEDED = Map.of(
            "bootstrap.servers", "localhost:9092",
            "schema.registry.url", "http://localhost:8081",
            "ibm.api.key", "very-secret",
            "ibm.account.id", "0123456789abcdef");

    @Test
    void the_defaults_are_those_of_the_documents() {
        WorkerSettings settings = WorkerSettings.of(NEEDED);

        assertThat(settings.installation()).isEqualTo("default");
        assertThat(settings.accounts().byAlias()).containsOnlyKeys("default");
        assertThat(cloud(settings).iamUrl()).hasToString("https://iam.cloud.ibm.com");
        assertThat(cloud(settings).resourceControllerUrl()).hasToString("https://resource-controller.cloud.ibm.com");
        assertThat(cloud(settings).keyProtectUrl().in("eu-de")).hasToString("https://eu-de.kms.cloud.ibm.com");
        assertThat(cloud(settings).callTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(cloud(settings).connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.allowedNetwork()).isEqualTo(AllowedNetwork.PUBLIC_AND_PRIVATE);
        assertThat(settings.limits().inFlight()).isEqualTo(1000);
        assertThat(settings.limits().drain()).isEqualTo(Duration.ofSeconds(25));
        assertThat(settings.stepTime()).isEqualTo(Duration.ofSeconds(20));
        assertThat(settings.groupId(WorkerKind.ROOT_KEY)).isEqualTo("keyfold-default-root-key");
    }

    @Test
    void private_endpoints_are_called_by_their_own_names_but_where_an_address_is_set() {
        IbmCloudSettings cloud = cloud(WorkerSettings.of(with("endpoints", "private")));

        assertThat(cloud.iamUrl()).hasToString("https://private.iam.cloud.ibm.com");
        assertThat(cloud.resourceControllerUrl()).hasToString("https://private.resource-controller.cloud.ibm.com");
        assertThat(cloud.keyProtectUrl().in("eu-de")).hasToString("https://private.eu-de.kms.cloud.ibm.com");

        Map<String, String> given = with("endpoints", "private");
        given.put("key.protect.url", "https://proxy/{region}");
        assertThat(cloud(WorkerSettings.of(given)).iamUrl()).isEqualTo(cloud.iamUrl());
        assertThat(cloud(WorkerSettings.of(given)).keyProtectUrl().in("eu-de")).hasToString("https://proxy/eu-de");
    }

    @Test
    void other_endpoints_than_public_and_private_are_refused() {
        assertThatThrownBy(() -> WorkerSettings.of(with("endpoints", "direct"))).isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("endpoints", "direct", "public, private");
    }

    @Test
    void every_setting_is_documented_and_none_has_come_or_gone_unnoticed() {
        assertThat(WorkerSettings.DEFINITION.names()).containsExactlyInAnyOrder(
                "bootstrap.servers", "schema.registry.url", "avro.serializer.class", "avro.deserializer.class",
                "installation", "account", "endpoints", "iam.url", "resource.controller.url", "key.protect.url",
                "ibm.api.key", "ibm.api.key.file", "ibm.profile.id", "ibm.profile.name", "ibm.cr.token.file",
                "ibm.account.id", "allowed.network", "in.flight", "drain.timeout.ms", "connect.timeout.ms",
                "call.timeout.ms", "step.time.ms", "start.timeout.ms", "iam.rate", "resource.controller.rate",
                "key.protect.rate", "material.directory", "material.vault.url", "material.vault.token",
                "metrics.host", "metrics.port", "traces.endpoint", "traces.headers", "traces.file");
        assertThat(WorkerSettings.DEFINITION.configKeys().values())
                .allSatisfy(key -> assertThat(key.documentation).isNotBlank());
    }

    @Test
    void an_unknown_setting_is_refused_with_the_nearest_right_one() {
        assertThatThrownBy(() -> WorkerSettings.of(with("ibm.apikey", "x")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("The workers have no setting ibm.apikey. Did you mean ibm.api.key?");
    }

    @Test
    @Tag("case-88")
    void clients_settings_are_passed_on_but_not_those_that_correctness_depends_on() {
        Map<String, String> given = with("kafka.security.protocol", "SSL");
        given.put("kafka.isolation.level", "read_uncommitted");
        given.put("kafka.auto.offset.reset", "latest");
        given.put("kafka.acks", "1");
        given.put("kafka.enable.idempotence", "false");

        var kafka = WorkerSettings.of(given).kafka(WorkerKind.ROOT_KEY);

        assertThat(kafka.consumer("group"))
                .containsEntry("security.protocol", "SSL")
                .containsEntry("isolation.level", "read_committed")
                .containsEntry("auto.offset.reset", "earliest")
                .containsEntry("enable.auto.commit", false);
        assertThat(kafka.producer())
                .containsEntry("security.protocol", "SSL")
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Prod", "more-than-letters", "abcdefghijklm"})
    void an_installation_is_named_by_a_few_letters_and_digits(String name) {
        assertThatThrownBy(() -> WorkerSettings.of(with("installation", name)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("must be 1 to 12 of a-z and 0-9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bootstrap.servers", "schema.registry.url", "ibm.api.key", "ibm.account.id"})
    void what_is_needed_is_missed_by_its_name(String name) {
        Map<String, String> given = new HashMap<>(NEEDED);
        given.remove(name);

        assertThatThrownBy(() -> WorkerSettings.of(given)).hasMessageContaining(name);
    }

    @Test
    void what_requests_may_import_is_nothing_unless_it_is_set() {
        assertThat(WorkerSettings.of(NEEDED).materials().directory()).isEmpty();
        assertThat(WorkerSettings.of(NEEDED).materials().vault()).isEmpty();
        assertThat(WorkerSettings.of(with("material.directory", "/run/material")).materials().directory())
                .contains(Path.of("/run/material"));
        assertThatThrownBy(() -> WorkerSettings.of(with("material.vault.url", "https://vault:8200/v1/secret/data")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("material.vault.url and material.vault.token go together: one of them is empty");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://vault:8200/v1/secret/data", "http://127.0.0.1:8200/v1/secret/data",
                "http://localhost:8200/v1/secret/data", "http://[::1]:8200/v1/secret/data"})
    void a_vault_is_called_by_https_or_on_this_machine(String url) {
        Map<String, String> given = with("material.vault.url", url);
        given.put("material.vault.token", "very-secret");

        assertThat(WorkerSettings.of(given).materials().vault()).isPresent();
        assertThat(WorkerSettings.of(given).materials().toString()).doesNotContain("very-secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://vault:8200/v1", "http://127.evil.example/v1", "http://localhost.example/v1", "vault:8200",
                "https://user@vault/v1", "https://vault/v1?x=y", "https://vault/v1#x", "file:///etc", "https:///v1",
                "not a url"})
    void a_vault_elsewhere_is_refused(String url) {
        Map<String, String> given = with("material.vault.url", url);
        given.put("material.vault.token", "very-secret");

        assertThatThrownBy(() -> WorkerSettings.of(given)).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("Key material cannot be read: ").hasMessageNotContaining("very-secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hvs.TOP\nSECRET", "hvs.TOP\0SECRET", "hvs.TOP SECRET", "hvs.TOP\u00e9SECRET",
        "hvs.TOP\u20acSECRET"})
    void a_token_that_cannot_be_sent_is_refused_at_the_start_without_being_shown(String token) {
        Map<String, String> given = with("material.vault.url", "https://vault:8200/v1/secret/data");
        given.put("material.vault.token", token);

        assertThatThrownBy(() -> WorkerSettings.of(given)).isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Key material cannot be read: the token of the vault (material.vault.token) has a character that"
                                + " is not visible ASCII: a blank, a line's end or a letter with an accent")
                .satisfies(WorkerSettingsTest::showsNoSecret);
    }

    @ParameterizedTest
    @ValueSource(strings = {"material.vault.url", "iam.url", "resource.controller.url", "key.protect.url"})
    void an_address_with_a_password_is_refused_without_being_shown(String name) {
        for (String url : List.of(
                "https://user:TOPSECRET@host/v1", "https://user:TOP SECRET@host/v1", "https://user:TOP%SECRET@host/v1",
                "https://user:TOPSECRET@ho_st/v1", "user:TOPSECRET@host")) {
            Map<String, String> given = with(name, url);
            if (name.equals("material.vault.url")) {
                given.put("material.vault.token", "hvs.TOPSECRET");
            }

            assertThatThrownBy(() -> WorkerSettings.of(given)).isInstanceOf(ConfigException.class)
                    .satisfies(WorkerSettingsTest::showsNoSecret);
        }
    }

    private static void showsNoSecret(Throwable refused) {
        var shown = new StringWriter();
        refused.printStackTrace(new PrintWriter(shown));
        assertThat(shown.toString()).doesNotContain("TOP", "SECRET");
    }

    @Test
    @Tag("case-111")
    void no_secret_is_shown() {
        Map<String, String> given = with("kafka.sasl.jaas.config", "very-secret");
        given.put("registry.basic.auth.user.info", "very-secret");

        assertThat(WorkerSettings.of(given).toString()).doesNotContain("very-secret");
        assertThat(WorkerSettings.of(given).kafka(WorkerKind.ROOT_KEY).toString()).doesNotContain("very-secret");
    }

    private static IbmCloudSettings cloud(WorkerSettings settings) {
        return settings.accounts().byAlias().get("default");
    }

    private static Map<String, String> with(String name, String value) {
        Map<String, String> given = new HashMap<>(NEEDED);
        given.put(name, value);
        return given;
    }
}
