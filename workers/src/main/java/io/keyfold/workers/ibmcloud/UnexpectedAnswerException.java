package io.keyfold.workers.ibmcloud;

import org.jspecify.annotations.Nullable;

/// An answer that says success and lacks what IBM documents for it.
final class UnexpectedAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnexpectedAnswerException(String what) {
        super(what);
    }

    /// The value, which an SDK's getter may not have.
    static <T> T present(@Nullable T value, String name) {
        if (value == null) {
            throw new UnexpectedAnswerException("the answer has no " + name);
        }
        return value;
    }
}
