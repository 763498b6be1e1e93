package io.keyfold.workers;

import java.util.Arrays;
import java.util.Optional;

/// The three worker services. The symbols are those of the contract's `WorkerKind`.
public enum WorkerKind {
    KMS_INSTANCE("kms-instance"),
    ROOT_KEY("root-key"),
    AUTHORIZATION("authorization");

    private final String service;

    WorkerKind(String service) {
        this.service = service;
    }

    /// As the command line, consumer groups and headers name it.
    public String service() {
        return service;
    }

    public static Optional<WorkerKind> named(String service) {
        return Arrays.stream(values()).filter(kind -> kind.service.equals(service)).findFirst();
    }
}
