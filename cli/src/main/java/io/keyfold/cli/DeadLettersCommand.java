package io.keyfold.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.keyfold.audit.Place;
import io.keyfold.cli.letters.Letter;
import io.keyfold.cli.letters.Letters;
import io.keyfold.cli.letters.Original;
import io.keyfold.cli.output.Format;
import io.keyfold.cli.output.LetterReport;
import io.keyfold.cli.output.Terminal;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.schemas.Topics;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `keyfold dead-letters`: what could not be read or processed, and how to have it published again.
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Lists what could not be read or processed, shows one, and publishes it again, repaired if need be.",
        subcommands = {DeadLettersCommand.ListThem.class, DeadLettersCommand.Show.class, DeadLettersReplay.class})
final class DeadLettersCommand {
    /// How a letter is named on the command line.
    static final String NAME =
            "TOPIC-PARTITION@OFFSET of the record, as the list shows it, or where the letter itself is kept.";

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists dead letters, newest first.")
    static final class ListThem extends ClientCommand implements Callable<Integer> {
        @Mixin
        private final LetterSelection selection = new LetterSelection();

        @Option(names = "--open", description = "Those that were not published again.")
        private boolean open;

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "100",
                description = "So many at most. Default: 100.")
        private int limit;

        @Option(names = {"-o", "--output"}, defaultValue = "TABLE", description = "table (default), json or yaml.")
        private Format format = Format.TABLE;

        @Override
        public Integer call() {
            Formats.refuseTfvars(format, "a dead letter");
            selection.begin();
            try (var topics = new TopicReader(connection())) {
                print(
                        Letters.headsOf(topics, selection::contains).stream()
                                .filter(letter -> !open || letter.replay().isEmpty())
                                .toList());
            }
            return ExitCode.OK;
        }

        private void print(List<Letter> letters) {
            var report = new LetterReport(Terminal.ofThisProcess());
            var shown = letters.subList(0, Math.min(Math.max(0, limit), letters.size()));
            if (format.isData()) {
                var array = JsonNodeFactory.instance.arrayNode();
                shown.forEach(letter -> array.add(report.json(letter)));
                System.out.println(format.of(array));
            } else if (letters.isEmpty()) {
                System.out.println("There is no dead letter" + (selection.isGiven() || open ? " like that." : "."));
            } else {
                System.out.println(report.list(shown));
            }
            if (shown.size() < letters.size()) {
                System.err.println(
                        (letters.size() - shown.size()) + " older ones are not shown. To see them: --limit "
                                + letters.size());
            }
        }
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows everything about one dead letter. What looks like a secret in it is hidden.")
    static final class Show extends ClientCommand implements Callable<Integer> {
        @Parameters(paramLabel = "LETTER", description = NAME)
        private String name = "";

        @Option(names = {"-o", "--output"}, defaultValue = "TABLE", description = "table (default), json or yaml.")
        private Format format = Format.TABLE;

        @Override
        public Integer call() {
            Formats.refuseTfvars(format, "a dead letter");
            var place = place(name);
            var connection = connection();
            try (var topics = new TopicReader(connection)) {
                var letter = only(Letters.read(topics, each -> isNamed(each, place)), place);
                var original = Original.of(letter, connection.serdeSettings());
                var report = new LetterReport(Terminal.ofThisProcess());
                System.out.println(
                        format.isData()
                                ? format.of(report.json(letter, original))
                                : report.detail(letter, original));
            }
            return ExitCode.OK;
        }
    }

    static Place place(String name) {
        return Place.parse(name)
                .orElseThrow(
                        () -> new CommandFailure(
                                ExitCode.USAGE, "a dead letter is not named like this: " + name,
                                "Name it as keyfold dead-letters list does, for example cluster-deploy-requested-3@17"));
    }

    /// By the place of its record, or by its own.
    static boolean isNamed(Letter letter, Place place) {
        return place.equals(place.topic().equals(Topics.DEAD_LETTERS.name()) ? letter.place() : letter.origin());
    }

    static Letter only(List<Letter> letters, Place place) {
        if (letters.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND, "there is no dead letter " + place, "All of them: keyfold dead-letters list");
        }
        if (letters.size() > 1) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "there are " + letters.size() + " dead letters " + place
                            + ", as the topic was deleted and made again",
                    "Say which by where it is kept: "
                            + letters.stream().map(letter -> letter.place().toString())
                                    .collect(Collectors.joining(", ")));
        }
        return letters.getFirst();
    }
}
