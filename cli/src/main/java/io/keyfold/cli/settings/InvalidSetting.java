package io.keyfold.cli.settings;

/// A setting that cannot be used; the message says which, where it was given and what is allowed.
public final class InvalidSetting extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidSetting(String message) {
        super(message);
    }
}
