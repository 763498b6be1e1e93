package io.keyfold.cli;

import io.keyfold.audit.Place;
import io.keyfold.cli.input.DeployInputs;
import io.keyfold.cli.letters.Letter;
import io.keyfold.cli.letters.Letters;
import io.keyfold.cli.letters.Original;
import io.keyfold.cli.letters.Repair;
import io.keyfold.cli.letters.Replay;
import io.keyfold.cli.letters.Replayer;
import io.keyfold.cli.output.Format;
import io.keyfold.cli.output.LetterReport;
import io.keyfold.cli.output.Redaction;
import io.keyfold.cli.output.StatusReport;
import io.keyfold.cli.output.Table;
import io.keyfold.cli.output.Terminal;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.Published;
import io.keyfold.cli.topic.StatusFeed;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.schemas.Topics;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.RequestRules;
import io.keyfold.workflow.wire.DeployRequests;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `keyfold dead-letters replay`: publishes again what became a dead letter, at most once.
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = "Publishes requests and workers' answers that became dead letters again, in the topic that they lay"
                + " in: byte for byte, or a request repaired. Never the same letter twice. Without --yes it only shows what"
                + " it would do.")
final class DeadLettersReplay extends ClientCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..*",
            paramLabel = "LETTER",
            description = DeadLettersCommand.NAME + " Or a selection, see below.")
    private List<String> names = List.of();

    @Mixin
    private final LetterSelection selection = new LetterSelection();

    @Option(
            names = "--repair",
            paramLabel = "FILE",
            description = "Fields of the request to be given anew, as JSON; the others stay as far as they can be read.")
    private @Nullable String file;

    @Option(
            names = "--set",
            paramLabel = "FIELD=VALUE",
            description = "One field of the request to be given anew; wins over the file. Example: --set region=eu-de")
    private Map<String, String> given = new LinkedHashMap<>();

    @Option(names = "--yes", description = "Do it. Without it, only what would be done is shown.")
    private boolean yes;

    @Mixin
    private final FollowOptions following = new FollowOptions();

    /// A letter, and what can be done with it.
    private record Judged(Letter letter, Original original, Replay replay, Optional<Repair> repair) {
        boolean isPublished() {
            return repair.isPresent() || replay instanceof Replay.AsItWas;
        }

        String cluster() {
            return repair.map(Repair::cluster).orElseGet(letter::key);
        }
    }

    @Override
    public Integer call() {
        checkUsage();
        selection.begin();
        var places = names.stream().map(DeadLettersCommand::place).toList();
        var connection = connection();
        if (!yes) {
            var judged = judged(connection, places);
            System.out.println(preview(judged));
            return judged.isEmpty() ? ExitCode.OK : saidWhatIsMissing(judged);
        }
        // Opened before anything is read: from now on nobody else can publish what is found not to be published yet.
        try (var replayer = new Replayer(connection, System.getProperty("user.name"))) {
            var judged = judged(connection, places);
            System.out.println(preview(judged));
            return following.isMeant()
                    ? publishAndFollow(connection, replayer, judged.getFirst())
                    : publish(replayer, judged);
        }
    }

    private void checkUsage() {
        if (names.isEmpty() != selection.isGiven()) {
            throw new CommandFailure(
                    ExitCode.USAGE, "either dead letters are named, or selected by what they say of themselves",
                    "keyfold dead-letters replay LETTER, or for example: --reason UNKNOWN_SCHEMA --since PT24H");
        }
        if (names.size() != 1 && (isRepaired() || following.isMeant())) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--repair, --set and --wait are about one dead letter", "Name it");
        }
    }

    private boolean isRepaired() {
        return file != null || !given.isEmpty();
    }

    private List<Judged> judged(Connection connection, List<Place> places) {
        try (var topics = new TopicReader(connection)) {
            if (places.isEmpty()) {
                return Letters.read(topics, selection::contains).stream()
                        .filter(letter -> letter.replay().isEmpty())
                        .map(letter -> judged(letter, connection)).toList();
            }
            var letters = Letters.read(
                    topics, letter -> places.stream().anyMatch(place -> DeadLettersCommand.isNamed(letter, place)));
            return places.stream()
                    .map(
                            place -> DeadLettersCommand.only(
                                    letters.stream().filter(it -> DeadLettersCommand.isNamed(it, place)).toList(),
                                    place))
                    .distinct()
                    .map(letter -> judged(letter, connection)).toList();
        }
    }

    private Judged judged(Letter letter, Connection connection) {
        var original = Original.of(letter, connection.serdeSettings());
        if (original instanceof Original.NotNow(var why)) {
            throw new CommandFailure(
                    ExitCode.UNREACHABLE,
                    "the schema registry at " + connection.registryUrl() + " does not answer: " + why,
                    "Start one (keyfold registry) or give another address: --registry-url URL");
        }
        var replay = Replay.of(letter, original);
        var repair = isRepaired() && !(replay instanceof Replay.Never)
                ? Optional.of(repair(letter, original))
                : Optional.<Repair>empty();
        return new Judged(letter, original, replay, repair);
    }

    private Repair repair(Letter letter, Original original) {
        var topic = Original.topic(letter).filter(Topics.REQUESTS::contains)
                .orElseThrow(
                        () -> new CommandFailure(
                                ExitCode.REFUSED,
                                letter.origin() + " is a worker's answer, which nobody else may change",
                                "Publish it as it was, without --repair and --set"));
        var inputs = Optional.ofNullable(file).map(DeployInputs::read).orElse(DeployInputs.none()).with(given);
        if (inputs.values().toString().contains(Redaction.HIDDEN)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "a field is to become " + Redaction.HIDDEN + ", which stands for what is not shown",
                    "Give the field's value, or leave the field out: it then stays as it was");
        }
        var repair = Repair.of(topic, original, inputs.values());
        if (ClusterId.parse(repair.cluster()).isEmpty()) {
            throw new CommandFailure(
                    ExitCode.REFUSED,
                    letter.origin() + " names no cluster that could be its key, <account>/<cluster_prefix>, even so: \""
                            + repair.cluster() + "\"",
                    "Give account and cluster_prefix, or cluster_id and the same in inputs, if there are any");
        }
        if (repair.after() instanceof ClusterDeployRequested request) {
            PlanCommand.refuse(RequestRules.check(DeployRequests.of(request), Instant.now()));
        }
        return repair;
    }

    private static String preview(List<Judged> all) {
        if (all.isEmpty()) {
            return "No dead letter is like that that was not published again; nothing was done.";
        }
        var table = new Table("LETTER", "REASON", "KEY", "IS PUBLISHED");
        all.forEach(
                judged -> table.row(
                        judged.letter().origin().toString(),
                        judged.letter().record().getReason().name(),
                        judged.cluster(),
                        judged.repair().isPresent() ? "repaired" : judged.isPublished() ? "as it was" : "not"));
        var report = new LetterReport(Terminal.ofThisProcess());
        var changes = all.stream()
                .flatMap(judged -> judged.repair().stream().map(repair -> report.changes(judged.letter(), repair)))
                .toList();
        return table + (changes.isEmpty() ? "" : "\n\n" + String.join("\n", changes));
    }

    private static int saidWhatIsMissing(List<Judged> all) {
        var published = all.stream().filter(Judged::isPublished).count();
        if (published > 0) {
            System.out.println();
            System.out.println("Nothing was published yet. To publish " + (published == 1 ? "it" : "these " + published)
                    + ": add --yes");
        }
        return refusals(all);
    }

    private int publish(Replayer replayer, List<Judged> all) {
        for (var judged : all) {
            if (judged.isPublished()) {
                System.out.println(judged.letter().origin() + " is published as " + publish(replayer, judged)
                        + ". Follow it: keyfold watch " + judged.cluster());
            }
        }
        return refusals(all);
    }

    private static Published publish(Replayer replayer, Judged judged) {
        return judged.repair()
                .map(repair -> replayer.repaired(judged.letter(), repair))
                .orElseGet(() -> replayer.asItWas(judged.letter()));
    }

    /// Says why some are not published: the only one as a failure, of several each in a row.
    private static int refusals(List<Judged> all) {
        var refused = all.stream().filter(judged -> !judged.isPublished()).toList();
        if (refused.isEmpty()) {
            return ExitCode.OK;
        }
        if (all.size() == 1) {
            var only = refused.getFirst();
            throw new CommandFailure(
                    ExitCode.REFUSED, only.letter().origin() + " is not published again: " + why(only.replay()),
                    instead(only));
        }
        var table = new Table("NOT PUBLISHED", "WHY", "WHAT NEXT");
        refused.forEach(
                judged -> table.row(judged.letter().origin().toString(), why(judged.replay()), instead(judged)));
        System.out.println(table);
        return ExitCode.REFUSED;
    }

    private static String why(Replay replay) {
        return Redaction.of(
                switch (replay) {
                    case Replay.AsItWas _ -> "";
                    case Replay.OnceRepaired(var why) -> "as it is it would end as it has. " + why;
                    case Replay.Never(var why, _) -> why;
                });
    }

    private static String instead(Judged judged) {
        return judged.replay() instanceof Replay.Never(_, var instead)
                ? instead
                : "Repair it: --set FIELD=VALUE, or --repair FILE. What it holds: keyfold dead-letters show "
                        + judged.letter().origin();
    }

    private int publishAndFollow(Connection connection, Replayer replayer, Judged judged) {
        refusals(List.of(judged));
        // The feed first: nothing that the workflow says of it may be missed.
        try (var feed = StatusFeed.fromNow(connection, Optional.of(judged.cluster()))) {
            var published = publish(replayer, judged);
            System.err.println(judged.letter().origin() + " is published as " + published);
            return value(judged) instanceof ClusterDeployRequested deploy
                    ? followed(feed, published, deploy)
                    : answered(feed, published, judged);
        }
    }

    private static Object value(Judged judged) {
        return judged.repair().<Object>map(Repair::after)
                .orElseGet(() -> judged.original() instanceof Original.Legible(var value) ? value : "");
    }

    private int followed(StatusFeed feed, Published published, ClusterDeployRequested deploy) {
        var report = new StatusReport(Terminal.ofThisProcess());
        var last = new Verdict(feed, following.limit(), status -> System.err.println(report.line(status, false)))
                .follow(deploy.getRequestId(), published)
                .orElseThrow(() -> notYet("request " + deploy.getRequestId() + " has not ended", following.limit()));
        StatusCommand.print(last, Format.TABLE, report);
        return Outcome.exitCode(last);
    }

    private static int answered(StatusFeed feed, Published published, Judged judged) {
        var answer = new Verdict(feed, ControlCommand.ANSWER_WITHIN, _ -> {
        }).of(published)
                .orElseThrow(() -> notYet("the workflow has not answered", ControlCommand.ANSWER_WITHIN));
        if (Verdict.isWithoutEffect(answer)) {
            throw new CommandFailure(
                    ExitCode.REFUSED,
                    "it is published, and has no effect: " + answer.getCode() + " " + answer.getMessage(),
                    Verdict.whatNext(answer));
        }
        System.out.println(answer.getMessage());
        System.out.println("Follow it: keyfold watch " + judged.cluster());
        return ExitCode.OK;
    }

    private static CommandFailure notYet(String what, Duration within) {
        return new CommandFailure(
                ExitCode.TIMED_OUT,
                "it is published, but " + what + " within " + within.toSeconds() + " s",
                "It goes on without us: keyfold watch. Whether the workflow runs: keyfold doctor");
    }
}
