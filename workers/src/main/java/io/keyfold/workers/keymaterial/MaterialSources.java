package io.keyfold.workers.keymaterial;

import io.keyfold.workers.rootkey.KeyMaterial;
import io.keyfold.workers.rootkey.KeyMaterialReference;
import io.keyfold.workers.rootkey.KeyMaterials;
import java.util.Optional;
import java.util.function.Function;

/// All sources of a worker: a reference says which.
public final class MaterialSources implements KeyMaterials {
    private final FileMaterials files;
    private final EnvironmentMaterials environment;
    private final VaultMaterials vault;

    public MaterialSources(MaterialSettings settings) {
        this(settings, name -> Optional.ofNullable(System.getenv(name)));
    }

    MaterialSources(MaterialSettings settings, Function<String, Optional<String>> environment) {
        this.files = new FileMaterials(settings.directory());
        this.environment = new EnvironmentMaterials(environment);
        this.vault = new VaultMaterials(settings);
    }

    @Override
    public KeyMaterial fetch(KeyMaterialReference reference) {
        return switch (reference.source()) {
            case FILE -> files.fetch(reference);
            case ENV -> environment.fetch(reference);
            case VAULT -> vault.fetch(reference);
        };
    }
}
