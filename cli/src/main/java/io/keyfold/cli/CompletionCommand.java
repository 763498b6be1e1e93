package io.keyfold.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `keyfold completion`: the completion script of bash and zsh.
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Prints a completion script for bash and zsh: source <(keyfold completion)")
final class CompletionCommand implements Runnable {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Override
    public void run() {
        var root = command.root().commandLine();
        System.out.print(AutoComplete.bash(root.getCommandName(), root));
    }
}
