package io.keyfold.workers.ibmcloud;

import java.io.IOException;

/// The connection failed before the first byte of the request was written: whatever was asked has not happened.
final class NotSentException extends IOException {
    private static final long serialVersionUID = 1L;

    NotSentException(IOException cause) {
        super(cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage(), cause);
    }
}
