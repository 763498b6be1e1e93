package io.keyfold.emulator.http;

/// What came is not HTTP as this server takes it. The connection ends after the answer.
final class BadRequest extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;

    BadRequest(int status, String reason) {
        super(reason);
        this.status = status;
        this.reason = reason;
    }

    int status() {
        return status;
    }

    String reason() {
        return reason;
    }
}
