package io.keyfold.cli.output;

import io.keyfold.audit.Place;
import io.keyfold.cli.letters.Letter;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// That nothing came of what was asked of a cluster, which therefore has no status: why, and what to do about it.
///
/// @param what   goes on a sentence: when it was refused, and why
/// @param remedy one sentence
public record Refusal(Instant at, String what, String remedy) {
    private static final Set<AuditEvent> REFUSALS =
            EnumSet.of(AuditEvent.REQUEST_REFUSED, AuditEvent.CONTROL_REFUSED, AuditEvent.IGNORED);

    /// The latest.
    ///
    /// @param audit   all records of the cluster's audit
    /// @param letters the dead letters whose records had the cluster's key
    public static Optional<Refusal> latest(Collection<ClusterEncryptionAudit> audit, Collection<Letter> letters) {
        var open = letters.stream().filter(letter -> letter.replay().isEmpty()).toList();
        var told = audit.stream().flatMap(line -> cause(line).stream()).collect(Collectors.toSet());
        return Stream.concat(
                audit.stream().filter(line -> REFUSALS.contains(line.getEvent())).map(line -> of(line, open)),
                open.stream().filter(letter -> !told.contains(letter.origin())).map(Refusal::of))
                .max(Comparator.comparing(Refusal::at));
    }

    private static Refusal of(ClusterEncryptionAudit line, Collection<Letter> letters) {
        var letter = letters.stream().map(Letter::origin)
                .filter(origin -> cause(line).filter(origin::equals).isPresent())
                .map(origin -> ". Its record: keyfold dead-letters show " + origin).findFirst().orElse("");
        return new Refusal(
                line.getOccurredAt(),
                "what was asked of it was refused, last at " + Text.second(line.getOccurredAt())
                        + (line.getCode().isEmpty() ? "" : " (" + line.getCode() + ")") + ": "
                        + shown(line.getMessage()),
                "Put that right and ask again. All that was asked: keyfold history " + line.getClusterId() + letter);
    }

    private static Refusal of(Letter letter) {
        var record = letter.record();
        return new Refusal(
                record.getWrittenAt(),
                "what was asked of it could not be read and is a dead letter since "
                        + Text.second(record.getWrittenAt())
                        + " (" + record.getReason() + "): " + shown(record.getMessage()),
                "What lies there, and whether it can be published again: keyfold dead-letters show " + letter.origin());
    }

    private static Optional<Place> cause(ClusterEncryptionAudit line) {
        return Optional.ofNullable(line.getCause())
                .map(cause -> new Place(cause.getTopic(), cause.getPartition(), cause.getOffset()));
    }

    private static String shown(String message) {
        return Text.harmless(Redaction.of(message));
    }
}
