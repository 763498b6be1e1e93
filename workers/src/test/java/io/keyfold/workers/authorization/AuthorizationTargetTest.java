package io.keyfold.workers.authorization;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workers.step.InstanceAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AuthorizationTargetTest {
    private static final AuthorizationTarget WANTED = new AuthorizationTarget(
            AuthorizationSource.objectStorage(Optional.of("cos-1")), new InstanceAddress("us-south", "kms-1"),
            List.of(AuthorizationRole.READER));
    private static final Map<String, String> SOURCE =
            Map.of("serviceName", "cloud-object-storage", "serviceInstance", "cos-1");
    private static final Map<String, String> OBJECT = Map.of("serviceName", "kms", "serviceInstance", "kms-1");

    @Test
    void a_pattern_or_any_covers_what_it_fits() {
        assertThat(differences("active", SOURCE, OBJECT)).isEmpty();
        assertThat(differences("active", Map.of("serviceName", "cloud-*", "resourceGroupId", "*"), OBJECT)).isEmpty();
        assertThat(differences("active", SOURCE, Map.of("serviceName", "kms", "serviceInstance", "kms-?"))).isEmpty();
    }

    @Test
    @Tag("case-45")
    void what_narrows_it_further_is_a_difference() {
        assertThat(differences("active", SOURCE, Map.of("serviceName", "kms", "resource", "key-2"))).containsExactly(
                "Its target should be serviceInstance kms-1, serviceName kms, and is resource key-2, serviceName kms.");
        assertThat(differences("active", Map.of("resourceGroupId", "group-1"), OBJECT)).hasSize(1);
        assertThat(differences("active", Map.of(), OBJECT)).hasSize(1);
        assertThat(differences("active", Map.of("accountId", "another", "serviceName", "cloud-object-storage"), OBJECT))
                .hasSize(1);
    }

    @Test
    void a_state_other_than_active_is_a_difference() {
        assertThat(differences("inactive", SOURCE, OBJECT)).containsExactly("It should be active, and is inactive.");
    }

    private static List<String> differences(String state, Map<String, String> subject, Map<String, String> object) {
        return WANTED.differencesOf(new AuthorizationPolicy(
                "policy-1", Optional.empty(), "kms", Optional.empty(), Set.of(AuthorizationRole.READER.crn()), "",
                Optional.empty(), Optional.of(state), subject, object));
    }
}
