package io.keyfold.cli.letters;

import io.keyfold.audit.Place;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.LetterReplay;
import io.keyfold.schemas.Topics;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// All dead letters of a kind that there are.
///
/// A worker that dies may write one twice: it is one letter all the same.
public final class Letters {
    private final Predicate<Letter> wanted;
    private final UnaryOperator<DeadLetter> kept;
    private final Map<Identity, Letter> letters = new LinkedHashMap<>();
    private final Map<Identity, LetterReplay> replays = new HashMap<>();

    /// Which record a letter holds. Offsets begin anew when a topic is deleted and made again; times do not.
    private record Identity(String topic, int partition, long offset, Instant timestamp) {
        static Identity of(DeadLetter letter) {
            return new Identity(
                    letter.getSourceTopic(), letter.getSourcePartition(), letter.getSourceOffset(),
                    letter.getSourceTimestamp());
        }
    }

    private Letters(Predicate<Letter> wanted, UnaryOperator<DeadLetter> kept) {
        this.wanted = wanted;
        this.kept = kept;
    }

    /// Whole letters, newest first. Of all that was committed when it is called nothing is missed.
    ///
    /// @param wanted is not told yet whether a letter was published again
    public static List<Letter> read(TopicReader topics, Predicate<Letter> wanted) {
        return read(topics, new Letters(wanted, UnaryOperator.identity()));
    }

    /// Letters without the values and headers that they hold, newest first: there may be many, and large ones.
    ///
    /// @param wanted is not told yet whether a letter was published again
    public static List<Letter> headsOf(TopicReader topics, Predicate<Letter> wanted) {
        return read(topics, new Letters(wanted, Letters::head));
    }

    private static List<Letter> read(TopicReader topics, Letters letters) {
        topics.eachCommitted(Topics.DEAD_LETTERS, letters::add);
        return letters.newestFirst();
    }

    private void add(Place place, DeadLetter record) {
        var identity = Identity.of(record);
        if (record.getReplay() != null) {
            replays.putIfAbsent(identity, record.getReplay());
            return;
        }
        var letter = new Letter(place, record, Optional.empty());
        if (wanted.test(letter)) {
            letters.putIfAbsent(identity, new Letter(place, kept.apply(record), Optional.empty()));
        }
    }

    private List<Letter> newestFirst() {
        return letters.entrySet().stream()
                .map(
                        each -> new Letter(
                                each.getValue().place(), each.getValue().record(),
                                Optional.ofNullable(replays.get(each.getKey()))))
                .sorted(
                        Comparator.comparing((Letter letter) -> letter.record().getWrittenAt()).reversed()
                                .thenComparing(letter -> letter.origin().toString()))
                .toList();
    }

    private static DeadLetter head(DeadLetter letter) {
        return DeadLetter.newBuilder(letter).setOriginalValue(null).setOriginalHeaders(List.of()).build();
    }
}
