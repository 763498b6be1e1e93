package io.keyfold.cli.process;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/// Runs another program's main class and ends it when standard input ends, as [ParentWatch] does for ours.
///
/// Packed into a jar of its own (`keyfold-guard.jar`), so that the other program sees none of our libraries: this class
/// may use nothing but the JDK.
public final class Guarded {
    private Guarded() {}

    /// First argument: the main class; all others: its own.
    public static void main(String[] arguments) throws ReflectiveOperationException {
        Thread.ofPlatform().daemon().name("parent-watch").start(Guarded::endWithParent);
        var main = Class.forName(arguments[0]).getMethod("main", String[].class);
        try {
            main.invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (InvocationTargetException e) {
            System.err.println(arguments[0] + " ended with " + e.getCause());
            System.exit(1);
        }
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // Nobody writes here; only the end of the stream means something.
            }
        } catch (IOException e) {
            // A broken pipe says the same as its end.
        }
        // Nothing of a child that lost its parent is worth a slow end.
        Runtime.getRuntime().halt(0);
    }
}
