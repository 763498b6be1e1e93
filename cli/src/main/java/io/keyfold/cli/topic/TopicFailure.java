package io.keyfold.cli.topic;

/// A broker, a topic or the registry does not do what was asked of it: what is wrong, and what to do about it.
public final class TopicFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    TopicFailure(String what, String remedy) {
        super(what);
        this.remedy = remedy;
    }

    TopicFailure(String what, String remedy, Throwable cause) {
        super(what, cause);
        this.remedy = remedy;
    }

    public String remedy() {
        return remedy;
    }
}
