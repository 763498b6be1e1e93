package io.keyfold.workers.step;

/// A step of a cluster's saga. The symbols are those of the contract's `StepName`.
public enum StepName {
    UNKNOWN("unknown step"),
    KMS_INSTANCE("KMS instance"),
    ROOT_KEY("root key"),
    VSI_ROOT_KEY("VSI root key"),
    BLOCK_STORAGE_AUTHORIZATION("block storage authorization"),
    FILE_STORAGE_AUTHORIZATION("file storage authorization"),
    OBJECT_STORAGE_AUTHORIZATION("object storage authorization");

    private final String words;

    StepName(String words) {
        this.words = words;
    }

    boolean isRootKey() {
        return this == ROOT_KEY || this == VSI_ROOT_KEY;
    }

    /// As people read it.
    public String words() {
        return words;
    }
}
