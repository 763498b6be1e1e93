package io.keyfold.cli.process;

/// A process that could not be started or did not become ready: what is wrong, and what to do about it.
public final class ProcessFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    public ProcessFailure(String what, String remedy) {
        super(what);
        this.remedy = remedy;
    }

    public String remedy() {
        return remedy;
    }
}
