package io.keyfold.cli;

/// A service cannot start because another process does not answer, which passes by itself.
final class NotYetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String waitsFor;

    /// @param waitsFor who does not answer
    NotYetException(String waitsFor, String message) {
        super(message);
        this.waitsFor = waitsFor;
    }

    String waitsFor() {
        return waitsFor;
    }
}
