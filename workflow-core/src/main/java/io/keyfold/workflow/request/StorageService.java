package io.keyfold.workflow.request;

/// A storage service of the cluster whose data is encrypted.
public enum StorageService {
    BLOCK_STORAGE(StepName.BLOCK_STORAGE_AUTHORIZATION, "Cloud Block Storage"),
    FILE_STORAGE(
            StepName.FILE_STORAGE_AUTHORIZATION,
            "VPC File Storage"),
    OBJECT_STORAGE(StepName.OBJECT_STORAGE_AUTHORIZATION, "Cloud Object Storage");

    private final StepName authorization;
    private final String words;

    StorageService(StepName authorization, String words) {
        this.authorization = authorization;
        this.words = words;
    }

    /// The step that authorizes this service to use the root key.
    public StepName authorization() {
        return authorization;
    }

    /// Whether IBM defines that its authorization may be delegated to services it depends on (VPC docs, "Creating
    /// authorizations": "enable authorization to be delegated" for block and file storage). Object Storage has none.
    public boolean isDelegable() {
        return this != OBJECT_STORAGE;
    }

    /// IBM's name of the service.
    public String words() {
        return words;
    }
}
