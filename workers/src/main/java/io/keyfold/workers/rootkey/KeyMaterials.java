package io.keyfold.workers.rootkey;

/// Where the material of keys that are brought is kept. A new kind of source is one more class of this.
@FunctionalInterface
public interface KeyMaterials {

    /// @return the material, for the caller to close
    /// @throws io.keyfold.workers.step.FaultException naming the reference and the worker's setting, never what was read:
    ///     permanent, of [io.keyfold.workers.step.FaultCode#KEY_MATERIAL_UNUSABLE], or transient. Never of a code that
    ///     would open the circuit to Key Protect, which has nothing to do with it
    KeyMaterial fetch(KeyMaterialReference reference);
}
