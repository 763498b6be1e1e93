package io.keyfold.workers.keymaterial;

import io.keyfold.workers.rootkey.KeyMaterial;
import io.keyfold.workers.rootkey.KeyMaterialReference;
import io.keyfold.workers.rootkey.KeyMaterials;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/// Material in variables of the worker's environment that have a prefix of their own. No setting's variable begins so.
///
/// The process has its environment as text from its start on, which nobody can wipe: a file or a vault is better.
final class EnvironmentMaterials implements KeyMaterials {
    static final String PREFIX = "KEYFOLD_KEY_MATERIAL_";

    private final Function<String, Optional<String>> environment;

    EnvironmentMaterials(Function<String, Optional<String>> environment) {
        this.environment = environment;
    }

    @Override
    public KeyMaterial fetch(KeyMaterialReference reference) {
        if (!reference.name().startsWith(PREFIX)) {
            throw MaterialFault.refused(reference, "Only variables that begin with " + PREFIX + " are read.");
        }
        byte[] text = environment.apply(reference.name())
                .orElseThrow(() -> MaterialFault.refused(
                        reference, "The root-key worker's environment has no such variable."))
                .getBytes(StandardCharsets.UTF_8);
        return KeyMaterial.ofBase64(text).orElseThrow(() -> MaterialFault.notMaterial(reference));
    }
}
