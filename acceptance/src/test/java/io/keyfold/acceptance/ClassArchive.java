package io.keyfold.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// The classes of the command line as the JVM has read and checked them once, so that a command takes half the time to
/// start. The first command that reads topics writes it at its end; all that begin after that use it.
final class ClassArchive {
    /// Not one word of the JVM's own: what a command says is looked at.
    private static final String SILENT = "-Xlog:disable";

    private static final ClassArchive SHARED = new ClassArchive();

    private enum State { NONE, BEING_WRITTEN, WRITTEN }

    private final Path file;
    private final AtomicReference<State> state = new AtomicReference<>(State.NONE);

    private ClassArchive() {
        try {
            Path directory = Files.createTempDirectory("keyfold-classes");
            directory.toFile().deleteOnExit();
            file = directory.resolve("commands.jsa");
            file.toFile().deleteOnExit(); // files before their directories: the last that was registered goes first
        } catch (IOException e) {
            throw new IllegalStateException("No directory for the class archive", e);
        }
    }

    static ClassArchive shared() {
        return SHARED;
    }

    /// One command's use of the archive.
    ///
    /// @param flags    for its JVM
    /// @param isWriter whether it writes the archive when it ends
    record Use(List<String> flags, boolean isWriter) {}

    /// @param command the command's name, such as `status`
    Use of(String command) {
        if (state.get() == State.WRITTEN) {
            return new Use(List.of(SILENT, "-XX:SharedArchiveFile=" + file), false);
        }
        if (!command.equals("topics") && state.compareAndSet(State.NONE, State.BEING_WRITTEN)) {
            return new Use(List.of(SILENT, "-XX:ArchiveClassesAtExit=" + file), true);
        }
        return new Use(List.of(), false);
    }

    /// To be called when the command has ended.
    void ended(Use use) {
        if (use.isWriter()) {
            state.set(Files.isReadable(file) ? State.WRITTEN : State.NONE);
        }
    }
}
