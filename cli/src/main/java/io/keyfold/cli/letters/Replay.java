package io.keyfold.cli.letters;

import io.keyfold.schemas.Topics;
import io.keyfold.workflow.request.ClusterId;

/// Whether a dead letter can be published again.
public sealed interface Replay {
    /// As it was, byte for byte: it is readable by now, and its key and its body agree.
    record AsItWas() implements Replay {}

    /// As it was it would end as it has ended.
    record OnceRepaired(String why) implements Replay {}

    /// @param instead what to do instead
    record Never(String why, String instead) implements Replay {}

    static Replay of(Letter letter, Original original) {
        var topic = Original.topic(letter);
        if (letter.replay().isPresent()) {
            return new Never(
                    "it was published again already, by " + letter.replay().get().getReplayedBy() + " at "
                            + letter.replay().get().getReplayedAt()
                            + letter.replayedAs().map(place -> ", as " + place).orElse(""),
                    "Whatever became of that is told like any other: keyfold status");
        }
        if (topic.filter(Topics.COMMANDS::contains).isPresent()) {
            return new Never(
                    "it is a command to a worker, and what it asks for may be wanted no more",
                    "Its run waits until its deadline and is undone then; to ask anew: keyfold retry"
                            + cluster(letter));
        }
        if (topic.isEmpty() || !Topics.REQUESTS.contains(topic.get()) && !Topics.ANSWERS.contains(topic.get())) {
            return new Never(
                    "it is neither a request nor a worker's answer, but of " + letter.record().getSourceTopic()
                            + ", which only the workflow writes",
                    "See whether its cluster goes on: keyfold status" + cluster(letter));
        }
        return switch (unaltered(letter, original)) {
            case OnceRepaired(var why) when Topics.ANSWERS.contains(topic.get()) ->
                new Never(
                        why + " And nobody but the worker may say what it answers",
                        "Its run waits until its deadline and is undone then; to ask anew: keyfold retry"
                                + cluster(letter));
            case Replay other -> other;
        };
    }

    private static Replay unaltered(Letter letter, Original original) {
        return switch (original) {
            case Original.Illegible(var why) -> new OnceRepaired(why);
            case Original.NotNow(var why) ->
                new OnceRepaired("Whether it can be read is not known, as the schema registry does not answer: " + why);
            case Original.Legible legible when ClusterId.parse(letter.key()).isEmpty() ->
                new OnceRepaired(
                        "Its key is not <account>/<cluster_prefix>"
                                + legible.cluster().map(cluster -> "; its body is of " + cluster).orElse("") + ".");
            case Original.Legible legible when legible.cluster().filter(letter.key()::equals).isEmpty() ->
                new OnceRepaired(
                        "Its key is of " + letter.key() + ", its body of "
                                + legible.cluster().orElse("more than one cluster") + ".");
            case Original.Legible _ -> new AsItWas();
        };
    }

    private static String cluster(Letter letter) {
        return ClusterId.parse(letter.key()).map(cluster -> " " + cluster).orElse("");
    }
}
