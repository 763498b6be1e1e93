package io.keyfold.emulator.resourcecontroller;

/// What lives inside instances, as far as it bears on deleting them.
public interface Tenants {

    /// How many keys of the instance are not deleted, in whatever other state.
    long liveKeys(String guid);

    /// The instance is gone for good, and all in it.
    void removed(String guid);
}
