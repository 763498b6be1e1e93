package io.keyfold.cli.output;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// Whether anybody still reads our standard output.
///
/// Java notices a closed pipe only when it writes, and we write only when something has changed. `poll(2)` knows it at
/// any time and writes nothing.
public final class Readership {
    private static final int STANDARD_OUTPUT = 1;

    /// `POLLERR`, `POLLHUP` and `POLLNVAL`: the same numbers on Linux, macOS and the BSDs; always told of.
    private static final int NOBODY_THERE = 0x08 | 0x10 | 0x20;

    private static final StructLayout POLLFD = MemoryLayout.structLayout(
            JAVA_INT.withName("fd"), JAVA_SHORT.withName("events"), JAVA_SHORT.withName("revents"));
    private static final long REVENTS = POLLFD.byteOffset(MemoryLayout.PathElement.groupElement("revents"));

    /// Empty where there is no `poll`, such as on Windows: there only a failed write tells.
    @SuppressWarnings("restricted") // calling into the C library may crash the process; this call is as POSIX says
    private static final Optional<MethodHandle> POLL = Linker.nativeLinker()
            .defaultLookup()
            .find("poll")
            .map(poll -> Linker.nativeLinker()
                    .downcallHandle(poll, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT)));

    private Readership() {}

    /// True once the other end of our standard output is closed, or a write to it has failed.
    public static boolean hasLeft() {
        return System.out.checkError() || POLL.filter(Readership::isClosed).isPresent();
    }

    private static boolean isClosed(MethodHandle poll) {
        try (var arena = Arena.ofConfined()) {
            var asked = arena.allocate(POLLFD);
            asked.set(JAVA_INT, 0, STANDARD_OUTPUT);
            var answered = (int) poll.invokeExact(asked, 1L, 0);
            return answered > 0 && (asked.get(JAVA_SHORT, REVENTS) & NOBODY_THERE) != 0;
        } catch (Throwable e) { // declared by every method handle; this one throws nothing
            throw new IllegalStateException("poll cannot be called", e);
        }
    }
}
