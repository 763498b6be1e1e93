package io.keyfold.emulator.service;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// IAM roles on Key Protect: the platform's four, and the service's own.
public enum Role {
    VIEWER("Viewer"),
    OPERATOR("Operator"),
    EDITOR("Editor"),
    ADMINISTRATOR("Administrator"), //
    READER("Reader"),
    READER_PLUS("ReaderPlus"),
    WRITER("Writer"),
    MANAGER("Manager"),
    KEY_PURGE("KeyPurge");

    private final String ibmName;

    Role(String ibmName) {
        this.ibmName = ibmName;
    }

    public String ibmName() {
        return ibmName;
    }

    public static Optional<Role> named(String name) {
        return Arrays.stream(values()).filter(role -> role.ibmName.equalsIgnoreCase(name)).findFirst();
    }

    /// Everything but purging, which even an account's owner has to be given.
    public static Set<Role> ordinary() {
        return EnumSet.complementOf(EnumSet.of(KEY_PURGE));
    }
}
