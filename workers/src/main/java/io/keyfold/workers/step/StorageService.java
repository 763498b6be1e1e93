package io.keyfold.workers.step;

/// A storage service of a cluster. The symbols are those of the contract's `StorageService`.
public enum StorageService {
    /// Another service.
    UNKNOWN,
    BLOCK_STORAGE,
    FILE_STORAGE,
    OBJECT_STORAGE
}
