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

    /// Whose it is, as the command line names the workers.
    String worker() {
        return switch (this) {
            case KMS_INSTANCE -> "kms-instance";
            case ROOT_KEY, VSI_ROOT_KEY -> "root-key";
            case BLOCK_STORAGE_AUTHORIZATION, FILE_STORAGE_AUTHORIZATION, OBJECT_STORAGE_AUTHORIZATION ->
                "authorization";
            case UNKNOWN -> "unknown";
        };
    }

    /// As people read it.
    public String words() {
        return words;
    }
}
