package io.keyfold.workers.step;

/// The command's time to act is over; nothing was changed by this call.
final class ExpiredException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ExpiredException(String why) {
        super(why);
    }
}
