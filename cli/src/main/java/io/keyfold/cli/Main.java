package io.keyfold.cli;

import io.keyfold.cli.process.ParentWatch;
import io.keyfold.cli.process.ProcessFailure;
import io.keyfold.cli.settings.InvalidSetting;
import io.keyfold.cli.settings.SettingFlags;
import io.keyfold.cli.topic.TopicFailure;
import io.keyfold.workflow.wire.InvalidInput;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The entry point of every process: finds the command, runs it, turns what goes wrong into one to three lines and an
/// exit code.
public final class Main {
    private static final Map<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("demo", DemoCommand::new);
        COMMANDS.put("bench", BenchCommand::new);
        COMMANDS.put("train", TrainCommand::new);
        COMMANDS.put("broker", BrokerCommand::new);
        COMMANDS.put("registry", RegistryCommand::new);
        COMMANDS.put("emulator", EmulatorCommand::new);
        COMMANDS.put("workflow", WorkflowCommand::new);
        COMMANDS.put("gateway", GatewayCommand::new);
        COMMANDS.put("worker", WorkerCommand::new);
        COMMANDS.put("up", UpCommand::new);
        COMMANDS.put("topics", TopicsCommand::new);
        COMMANDS.put("doctor", DoctorCommand::new);
        COMMANDS.put("plan", PlanCommand::new);
        COMMANDS.put("deploy", DeployCommand::new);
        COMMANDS.put("import", ImportCommand::new);
        COMMANDS.put("status", StatusCommand::new);
        COMMANDS.put("list", ListCommand::new);
        COMMANDS.put("explain", ExplainCommand::new);
        COMMANDS.put("history", HistoryCommand::new);
        COMMANDS.put("watch", WatchCommand::new);
        COMMANDS.put("verify", VerifyCommand::new);
        COMMANDS.put("sweep", SweepCommand::new);
        COMMANDS.put("dead-letters", DeadLettersCommand::new);
        COMMANDS.put("audit", AuditCommand::new);
        COMMANDS.put("vulnerabilities", VulnerabilitiesCommand::new);
        COMMANDS.put("cancel", CancelCommand::new);
        COMMANDS.put("retry", RetryCommand::new);
        COMMANDS.put("pause", PauseCommand::new);
        COMMANDS.put("resume", ResumeCommand::new);
        COMMANDS.put("remove", RemoveCommand::new);
        COMMANDS.put("deprovision", DeprovisionCommand::new);
        COMMANDS.put("completion", CompletionCommand::new);
    }

    /// Commands that stay in the foreground and tell what they do.
    private static final Set<String> SERVICES =
            Set.of("broker", "registry", "emulator", "workflow", "worker", "gateway", "up");

    /// Nobody means more; and a moment this far off can still be reckoned with.
    private static final Duration LONGEST_WAIT = Duration.ofDays(365);

    private Main() {}

    public static void main(String[] arguments) {
        ParentWatch.startIfChild();
        var isService = arguments.length > 0 && SERVICES.contains(arguments[0]);
        Logs.choose(isService ? Logs.Mode.SERVICE : Logs.Mode.QUIET);
        System.exit(commandLine(arguments).execute(arguments));
    }

    /// The command line for these arguments. Only the command that is asked for is built: reading the annotations of
    /// all of them takes longer than most take to run.
    static CommandLine commandLine(String... arguments) {
        var root = new CommandLine(new KeyfoldCommand());
        var asked = arguments.length > 0 ? COMMANDS.get(arguments[0]) : null;
        if (asked == null || arguments[0].equals("completion")) {
            COMMANDS.forEach((name, command) -> add(root, name, command.get()));
        } else {
            add(root, arguments[0], asked.get());
        }
        root.setCaseInsensitiveEnumValuesAllowed(true);
        root.registerConverter(Duration.class, Main::duration);
        root.setUsageHelpAutoWidth(true);
        root.setParameterExceptionHandler(Main::usageError);
        root.setExecutionExceptionHandler(Main::failure);
        return root;
    }

    private static Duration duration(String given) {
        try {
            var duration = Duration.parse(given);
            if (duration.compareTo(LONGEST_WAIT) > 0) {
                throw new TypeConversionException(
                        "'" + given + "' is too long to wait: at most " + LONGEST_WAIT.toDays() + " days, P"
                                + LONGEST_WAIT.toDays() + "D");
            }
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeParseException _) {
            // Told below, like one that is negative.
        }
        throw new TypeConversionException("'" + given + "' is no time to wait: write PT30S, PT10M or PT2H30M");
    }

    private static void add(CommandLine root, String name, Object command) {
        root.addSubcommand(name, command);
        var added = Objects.requireNonNull(root.getSubcommands().get(name));
        for (var line : with(added)) {
            if (line.getCommand() instanceof Configured configured) {
                SettingFlags.addTo(line.getCommandSpec(), configured.settings(), configured.assumed());
            }
        }
    }

    private static List<CommandLine> with(CommandLine line) {
        var lines = new ArrayList<>(List.of(line));
        line.getSubcommands().values().forEach(each -> lines.addAll(with(each)));
        return lines;
    }

    private static int usageError(ParameterException error, String[] arguments) {
        var line = error.getCommandLine();
        say(line, error.getMessage());
        UnmatchedArgumentException.printSuggestions(error, line.getErr());
        next(line, "Help: " + line.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    private static int failure(Exception error, CommandLine line, ParseResult given) {
        return switch (error) {
            case CommandFailure failure -> fail(line, failure.getMessage(), failure.remedy(), failure.exitCode());
            case ProcessFailure failure -> fail(line, failure.getMessage(), failure.remedy(), ExitCode.UNREACHABLE);
            case InvalidSetting failure ->
                fail(
                        line,
                        failure.getMessage(),
                        "All settings: " + line.getCommandSpec().qualifiedName() + " --help",
                        ExitCode.USAGE);
            case TopicFailure failure -> fail(line, failure.getMessage(), failure.remedy(), ExitCode.UNREACHABLE);
            case InvalidInput failure ->
                fail(
                        line,
                        "these inputs are no request:\n  " + String.join("\n  ", failure.problems()),
                        "Nothing was published. All inputs: keyfold plan, without any",
                        ExitCode.USAGE);
            default -> bug(error, line);
        };
    }

    private static int bug(Exception error, CommandLine line) {
        if (System.getenv("KEYFOLD_LOG_LEVEL") != null) {
            error.printStackTrace(line.getErr());
        }
        return fail(
                line,
                "this should not happen: " + error,
                "Please report it with the output of KEYFOLD_LOG_LEVEL=debug keyfold …",
                ExitCode.INTERNAL_ERROR);
    }

    private static int fail(CommandLine line, @Nullable String what, String remedy, int exitCode) {
        say(line, what);
        next(line, remedy);
        return exitCode;
    }

    private static void say(CommandLine line, @Nullable String what) {
        line.getErr().println("keyfold: " + what);
    }

    private static void next(CommandLine line, String remedy) {
        PrintWriter err = line.getErr();
        err.println("  " + remedy);
        err.flush();
    }
}
