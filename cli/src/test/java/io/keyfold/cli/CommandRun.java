package io.keyfold.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/// One command, run in this process: its exit code and what it printed.
record CommandRun(int exitCode, String out, String err) {
    static synchronized CommandRun of(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var realOut = System.out;
        var realErr = System.err;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            var line = Main.commandLine(arguments);
            line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
            line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
            var exitCode = line.execute(arguments);
            return new CommandRun(
                    exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(realOut);
            System.setErr(realErr);
        }
    }
}
