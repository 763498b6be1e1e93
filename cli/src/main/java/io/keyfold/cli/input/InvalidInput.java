package io.keyfold.cli.input;

import java.util.List;

/// Inputs that are no request: every one of them that is wrong, what was given and what is allowed.
public final class InvalidInput extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    InvalidInput(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    InvalidInput(String problem) {
        this(List.of(problem));
    }

    public List<String> problems() {
        return problems;
    }
}
