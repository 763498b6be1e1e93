package io.keyfold.workflow.request;

/// A step of the saga.
public enum StepName {
    KMS_INSTANCE(ResourceKind.KMS_INSTANCE, "instance", "KMS instance"),
    /// The key of every storage service, or of object storage alone where `separate_keys` was asked for.
    ROOT_KEY(ResourceKind.ROOT_KEY, "key", "root key"),
    /// The key of block and file storage where `separate_keys` was asked for.
    VSI_ROOT_KEY(ResourceKind.ROOT_KEY, "vsikey", "root key for block and file storage"),
    BLOCK_STORAGE_AUTHORIZATION(ResourceKind.AUTHORIZATION_POLICY, "block", "authorization of block storage"),
    FILE_STORAGE_AUTHORIZATION(ResourceKind.AUTHORIZATION_POLICY, "share", "authorization of file storage"),
    OBJECT_STORAGE_AUTHORIZATION(ResourceKind.AUTHORIZATION_POLICY, "cos", "authorization of object storage");

    private final ResourceKind kind;
    private final String purpose;
    private final String words;

    StepName(ResourceKind kind, String purpose, String words) {
        this.kind = kind;
        this.purpose = purpose;
        this.words = words;
    }

    public ResourceKind kind() {
        return kind;
    }

    /// The step's purpose as it stands in the mark.
    public String purpose() {
        return purpose;
    }

    /// The step in words, for messages.
    public String words() {
        return words;
    }

    /// The step in words, at the beginning of a sentence.
    public String title() {
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
