package io.keyfold.cli.letters;

import io.keyfold.audit.Place;
import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.LetterReplay;
import io.keyfold.contract.SourcePosition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A dead letter, and how it was published again if it was.
///
/// @param place where it lies among the dead letters
public record Letter(Place place, DeadLetter record, Optional<LetterReplay> replay) {
    /// Where the record lay that it holds. This is the letter's name.
    public Place origin() {
        return new Place(record.getSourceTopic(), record.getSourcePartition(), record.getSourceOffset());
    }

    /// Where it lies since it was published again.
    public Optional<Place> replayedAs() {
        return replay.map(LetterReplay::getReplayedAs).map(Letter::place);
    }

    /// The original's key as text; empty if it had none, or is too large to be kept.
    public String key() {
        return key(record);
    }

    static String key(DeadLetter letter) {
        var key = bytes(letter.getOriginalKey());
        return key == null ? "" : new String(key, StandardCharsets.UTF_8);
    }

    static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static Place place(SourcePosition position) {
        return new Place(position.getTopic(), position.getPartition(), position.getOffset());
    }
}
