package io.keyfold.cli;

/// A command cannot do what was asked: what and why, what to do next, and the exit code.
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final String remedy;

    /// @param what one sentence: what failed, to which thing, and why
    /// @param remedy one sentence: what to do next
    CommandFailure(int exitCode, String what, String remedy) {
        super(what);
        this.exitCode = exitCode;
        this.remedy = remedy;
    }

    int exitCode() {
        return exitCode;
    }

    String remedy() {
        return remedy;
    }
}
