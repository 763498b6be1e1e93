package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// `docs/commands.md` is written from the commands' own help; `-Dkeyfold.docs=write` writes it anew.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CommandsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "commands.md");

    @Test
    void every_command_option_and_exit_code_stands_in_the_documents() throws IOException {
        var text = page();
        if ("write".equals(System.getProperty("keyfold.docs"))) {
            Files.writeString(PAGE, text);
        }
        assertThat(PAGE).as("stale: run with -Dkeyfold.docs=write").hasContent(text);
    }

    private static String page() {
        var root = Main.commandLine().getCommandSpec();
        var text = new StringBuilder(
                """
                        # Commands

                        <!-- Written by CommandsPageTest: run it with -Dkeyfold.docs=write -->

                        `keyfold COMMAND --help` says the same. Results go to standard output, everything else to standard error. A
                        failure is one to three lines: what, why, what to do next. Settings of a process that stand as flags here are
                        explained in [configuration.md](configuration.md).

                        ## Exit codes
                        Scripts may rely on them: they never change.

                        | code | means |
                        | --- | --- |
                        """);
        root.usageMessage()
                .exitCodeList()
                .forEach(
                        (code, meaning) -> text.append("| ").append(code).append(" | ").append(meaning).append(" |\n"));
        root.subcommands().values().forEach(command -> append(text, command.getCommandSpec()));
        return text.toString();
    }

    private static void append(StringBuilder text, CommandSpec command) {
        text.append("\n## ").append(command.qualifiedName()).append('\n');
        text.append(String.join(" ", command.usageMessage().description())).append('\n');
        var rows = new ArrayList<String>();
        command.positionalParameters().forEach(parameter -> rows.add(row(parameter.paramLabel(), parameter)));
        command.options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp() && !isSetting(option))
                .forEach(option -> rows.add(row(String.join("`, `", option.names()), option)));
        if (!rows.isEmpty()) {
            text.append("\n| argument | meaning |\n| --- | --- |\n").append(String.join("", rows));
        }
        command.subcommands().values().forEach(subcommand -> append(text, subcommand.getCommandSpec()));
    }

    /// What stands in configuration.md: the flags that were made from a process's declaration.
    private static boolean isSetting(OptionSpec option) {
        return option.userObject() == null;
    }

    private static String row(String name, ArgSpec argument) {
        return "| `" + name + "` | "
                + String.join(" ", List.of(argument.description())).replace("%%", "%").replace("<", "\\<") + " |\n";
    }
}
