package io.keyfold.workers.step;

/// The command is, or may be, another process's to carry out: nothing was changed, and nothing is answered here.
public final class AbandonedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AbandonedException(Command command) {
        super("command " + command.id() + " of " + command.clusterId() + " is left to its partition's next owner");
    }
}
