package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SchemaRegistrationTest {
    private static final String AUDIT = "cluster-encryption-audit-value";

    private FakeRegistry registry;
    private SchemaRegistration registration;

    @BeforeEach
    void start() throws IOException {
        registry = new FakeRegistry();
        registration = registration(registry.url());
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void an_empty_registry_gets_every_schema_and_its_level() {
        assertThat(registration.register())
                .hasSameSizeAs(Topics.ALL)
                .allMatch(inspection -> inspection.state() == Inspection.State.CREATED);

        assertThat(registry.versions).hasSameSizeAs(Topics.ALL);
        assertThat(registry.levels.values()).hasSameSizeAs(Topics.ALL).containsOnly("FULL_TRANSITIVE");
        assertThat(registration.verify()).allMatch(inspection -> inspection.state() == Inspection.State.AS_WANTED);
    }

    @Test
    void registering_again_changes_nothing() {
        registration.register();
        registry.calls.clear();

        assertThat(registration.register()).allMatch(inspection -> inspection.state() == Inspection.State.AS_WANTED);
        assertThat(registry.calls).noneMatch(call -> call.startsWith("PUT") || call.endsWith("/versions"));
    }

    @Test
    void a_subject_gets_its_level_before_its_next_version() {
        registration.register();
        registry.versions.remove(AUDIT);
        registry.levels.remove(AUDIT);
        registry.calls.clear();

        registration.register();

        assertThat(registry.calls)
                .containsSubsequence("PUT /config/" + AUDIT, "POST /subjects/" + AUDIT + "/versions");
    }

    @Test
    void verifying_names_what_is_missing_and_what_differs_and_changes_nothing() {
        registration.register();
        registry.versions.remove("root-key-events-value");
        registry.levels.put(AUDIT, "NONE");
        registry.calls.clear();

        assertThat(registration.verify())
                .filteredOn(inspection -> !inspection.isGood())
                .extracting(Inspection::name, Inspection::state)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("root-key-events-value", Inspection.State.MISSING),
                        org.assertj.core.groups.Tuple.tuple(AUDIT, Inspection.State.DIFFERS));
        assertThat(registry.calls).noneMatch(call -> call.startsWith("PUT") || call.endsWith("/versions"));
    }

    @Test
    void a_level_that_was_lowered_is_set_again() {
        registration.register();
        registry.levels.put(AUDIT, "NONE");

        registration.register();

        assertThat(registry.levels).containsEntry(AUDIT, "FULL_TRANSITIVE");
    }

    @Test
    @Tag("case-20")
    void a_refused_schema_is_told_in_the_registrys_words() {
        registry.refusesVersionsWith = "Schema being registered is incompatible with an earlier schema";

        assertThatThrownBy(registration::register)
                .isInstanceOf(RegistryException.class)
                .hasMessage("The schema registry refused to register the schema of cluster-deploy-requested-value"
                        + " (HTTP 409, Schema being registered is incompatible with an earlier schema).");
    }

    @Test
    void a_registry_that_is_down_is_named_and_its_password_is_not() {
        assertThatThrownBy(() -> registration("http://user:secret@127.0.0.1:1").verify())
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("does not answer: http://127.0.0.1:1")
                .hasMessageContaining("schema.registry.url")
                .message()
                .doesNotContain("secret");
    }

    @Test
    void the_next_address_is_tried_when_one_does_not_answer() {
        assertThat(registration("http://127.0.0.1:1," + registry.url() + "/").register())
                .allMatch(Inspection::isGood);
    }

    @Test
    void what_is_not_an_address_is_refused_at_once() {
        assertThatThrownBy(() -> registration("localhost:8081"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("\"localhost:8081\"")
                .hasMessageContaining("http://localhost:8081");
    }

    @Test
    void credentials_are_sent() {
        new SchemaRegistration(SerdeSettings.from(Map.of(
                "schema.registry.url", registry.url(), "registry.basic.auth.user.info", "user:password")))
                .verify();
        new SchemaRegistration(SerdeSettings.from(
                Map.of("schema.registry.url", registry.url(), "registry.bearer.auth.token", "t0ken")))
                .verify();

        assertThat(registry.authorizations).contains("Basic dXNlcjpwYXNzd29yZA==", "Bearer t0ken");
    }

    private static SchemaRegistration registration(String url) {
        return new SchemaRegistration(SerdeSettings.from(Map.of("schema.registry.url", url)));
    }
}
