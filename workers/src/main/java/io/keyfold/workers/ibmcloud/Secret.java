package io.keyfold.workers.ibmcloud;

/// Something that must never be seen: an API key. Opened only where it is sent.
public record Secret(String value) {
    public Secret {
        if (value.isBlank()) {
            throw new IllegalArgumentException("the secret is empty");
        }
    }

    @Override
    public String toString() {
        return "[hidden]";
    }
}
