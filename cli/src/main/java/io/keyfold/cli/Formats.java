package io.keyfold.cli;

import io.keyfold.cli.output.Format;

/// Which forms a command has.
final class Formats {
    private Formats() {}

    /// @param what is printed
    static void refuseTfvars(Format format, String what) {
        if (format == Format.TFVARS) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--output tfvars is about a cluster, not " + what, "Use table, json or yaml");
        }
    }
}
