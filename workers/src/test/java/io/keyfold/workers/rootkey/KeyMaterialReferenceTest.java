package io.keyfold.workers.rootkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyMaterialReferenceTest {
    @ParameterizedTest
    @ValueSource(strings = {"file:hpc-1.key", "vault:prod/hpc-1", "env:KEYFOLD_KEY_MATERIAL_HPC_1"})
    void a_reference_is_read_and_written_the_same(String given) {
        assertThat(KeyMaterialReference.parse(given)).hasToString(given);
    }

    @Test
    void it_names_source_and_place() {
        assertThat(KeyMaterialReference.parse("vault:prod/hpc-1"))
                .isEqualTo(new KeyMaterialReference(KeyMaterialReference.Source.VAULT, "prod/hpc-1"));
    }

    /// The workflow has refused these already; a worker trusts nobody.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "file:", "file:/etc/shadow", "file:../a", "file:a/../b", "file:a//b", "file:a/", "file:.a",
                "env:PATH",
                "env:KEYFOLD_KEY_MATERIAL_", "vault:a?b", "vault:a#b", "vault:%2e%2e/a", "http://a",
                "c2VjcmV0IG1hdGVyaWFs"})
    void anything_else_is_refused_and_not_repeated(String given) {
        assertThatIllegalArgumentException().isThrownBy(() -> KeyMaterialReference.parse(given))
                .withMessage("about key material, by a reference that is neither file:PATH, vault:PATH nor"
                        + " env:KEYFOLD_KEY_MATERIAL_NAME");
    }

    @Test
    void a_very_long_one_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyMaterialReference.parse("file:" + "a".repeat(1 << 20)));
    }
}
