package io.keyfold.workflow.wire;

import java.util.List;

/// Inputs that are no request: every one of them that is wrong, what was given and what is allowed.
public final class InvalidInput extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String[] problems; // an array, since exceptions are serializable

    public InvalidInput(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = problems.toArray(String[]::new);
    }

    public InvalidInput(String problem) {
        this(List.of(problem));
    }

    public List<String> problems() {
        return List.of(problems);
    }
}
