package io.keyfold.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SettingSourcesTest {
    private static final Set<String> OWN = Set.of("schema.registry.url", "bootstrap.servers");
    private static final Set<String> ALL = Set.of("schema.registry.url", "bootstrap.servers", "in.flight");

    @Test
    void a_flag_wins_over_the_environment_and_that_over_the_file() {
        var file = Map.of("bootstrap.servers", "file:1", "schema.registry.url", "http://file");
        var environment = Map.of("KEYFOLD_BOOTSTRAP_SERVERS", "environment:1");

        assertThat(new SettingSources(Map.of(), Map.of(), file).resolve(OWN, ALL)).isEqualTo(file);
        assertThat(new SettingSources(Map.of(), environment, file).resolve(OWN, ALL))
                .isEqualTo(Map.of("bootstrap.servers", "environment:1", "schema.registry.url", "http://file"));
        assertThat(new SettingSources(Map.of("bootstrap.servers", "flag:1"), environment, file).resolve(OWN, ALL))
                .isEqualTo(Map.of("bootstrap.servers", "flag:1", "schema.registry.url", "http://file"));
    }

    @Test
    void what_belongs_to_another_process_is_passed_over_in_file_and_environment() {
        var sources = new SettingSources(Map.of(), Map.of("KEYFOLD_IN_FLIGHT", "3"), Map.of("in.flight", "2"));

        assertThat(sources.resolve(OWN, ALL)).isEmpty();
    }

    @Test
    void what_belongs_to_no_process_is_refused_with_the_nearest_name() {
        assertThatThrownBy(
                () -> new SettingSources(Map.of(), Map.of(), Map.of("bootstrap.server", "x:1")).resolve(OWN, ALL))
                .hasMessage("There is no setting bootstrap.server (given in the settings file); did you mean"
                        + " bootstrap.servers?");
        assertThatThrownBy(() -> new SettingSources(Map.of("foo", "1"), Map.of(), Map.of()).resolve(OWN, ALL))
                .hasMessage("There is no setting foo (given in --property)");
    }

    @Test
    void settings_of_the_clients_go_through_as_they_are() {
        var sources = new SettingSources(
                Map.of("registry.bearer.auth.token", "t"),
                Map.of("KEYFOLD_KAFKA_SECURITY_PROTOCOL", "SSL"),
                Map.of("kafka.client.id", "me"));

        assertThat(sources.resolve(OWN, ALL))
                .isEqualTo(Map.of(
                        "registry.bearer.auth.token", "t",
                        "kafka.security.protocol", "SSL",
                        "kafka.client.id", "me"));
    }

    @Test
    void a_process_without_such_clients_is_given_none_of_their_settings() {
        var environment = Map.of("KEYFOLD_KAFKA_SECURITY_PROTOCOL", "SSL", "KEYFOLD_REGISTRY_DIR", "/data");
        var file = Map.of("registry.bearer.auth.token", "t");

        assertThat(new SettingSources(Map.of(), environment, file).resolve(Set.of("listen.port"), ALL)).isEmpty();
    }

    @Test
    void further_accounts_are_given_to_the_processes_that_have_one() {
        var own = Set.of("ibm.api.key", "ibm.account.id");
        var environment = Map.of("KEYFOLD_ACCOUNT_TEAM_A_IBM_API_KEY", "secret");
        var file = Map.of("account.prod.ibm.account.id", "0123");

        assertThat(new SettingSources(Map.of(), environment, file).resolve(own, own)).isEqualTo(Map.of(
                "account.team.a.ibm.api.key", "secret", "account.prod.ibm.account.id", "0123"));
        assertThat(new SettingSources(Map.of(), environment, file).resolve(Set.of("bootstrap.servers"), own)).isEmpty();
    }

    @Test
    void names_follow_from_the_setting() {
        assertThat(SettingSources.flagOf("schema.registry.url")).isEqualTo("--schema-registry-url");
        assertThat(SettingSources.variableOf("schema.registry.url")).isEqualTo("KEYFOLD_SCHEMA_REGISTRY_URL");
    }
}
