package io.keyfold.gateway.access;

/// What a caller may do; each may also do what those before it may.
public enum Role {
    /// Look at everything.
    VIEW,
    /// Ask for clusters, and for what deletes nothing that was asked for by others.
    REQUEST,
    /// Everything: also what deletes, takes over or holds up.
    OPERATE;

    public boolean includes(Role wanted) {
        return compareTo(wanted) >= 0;
    }

    /// As it is written in files and documents.
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
