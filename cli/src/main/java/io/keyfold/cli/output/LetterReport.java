package io.keyfold.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.keyfold.cli.letters.Letter;
import io.keyfold.cli.letters.Original;
import io.keyfold.cli.letters.Repair;
import io.keyfold.cli.letters.Replay;
import io.keyfold.contract.HeaderEntry;
import io.keyfold.contract.LetterReplay;
import io.keyfold.workflow.wire.AvroJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/// Dead letters for people and for programs. What may be a secret in them is hidden, from both.
public final class LetterReport {
    private static final int LONGEST = 200;

    private final Terminal terminal;

    public LetterReport(Terminal terminal) {
        this.terminal = terminal;
    }

    /// One row a letter.
    public String list(Collection<Letter> letters) {
        var table = new Table("LETTER", "WRITTEN", "REASON", "KEY", "REPLAYED", "WHAT");
        for (var letter : letters) {
            table.row(
                    letter.origin().toString(),
                    Text.second(letter.record().getWrittenAt()),
                    terminal.bad(letter.record().getReason().name()),
                    Text.orDash(shown(letter.key())),
                    letter.replay().map(replay -> terminal.good(Text.second(replay.getReplayedAt()))).orElse("no"),
                    shown(letter.record().getMessage()));
        }
        return table.toString();
    }

    /// Everything about one letter.
    public String detail(Letter letter, Original original) {
        var record = letter.record();
        var facts = Table.plain()
                .row("letter", letter.origin().toString())
                .row("kept as", letter.place().toString())
                .row("reason", terminal.bad(record.getReason().name()))
                .row("message", Redaction.of(record.getMessage()))
                .row("key", Text.orDash(shown(letter.key())))
                .row("sent", Text.second(record.getSourceTimestamp()))
                .row("written", Text.second(record.getWrittenAt()) + " by " + shown(record.getWrittenBy()))
                .row("replayed", letter.replay().map(replay -> words(letter, replay)).orElse("no"))
                .row("what next", whatNext(letter, Replay.of(letter, original)));
        var headers = new Table("HEADER", "VALUE");
        record.getOriginalHeaders().forEach(header -> headers.row(shown(header.getKey()), value(header)));
        return facts + "\n" + (headers.isEmpty() ? "" : "\n" + headers + "\n") + "\n" + contents(letter, original);
    }

    /// What a repair changes, field by field.
    public String changes(Letter letter, Repair repair) {
        var table = new Table("FIELD", "WAS", "BECOMES");
        if (!repair.cluster().equals(letter.key())) {
            table.row("(key)", Text.orDash(shown(letter.key())), shown(repair.cluster()));
        }
        var before = AvroJson.of(repair.before());
        AvroJson.of(repair.after()).properties().forEach(field -> {
            var was = before.path(field.getKey());
            if (!field.getValue().equals(was)) {
                table.row(field.getKey(), shown(text(was)), shown(text(field.getValue())));
            }
        });
        return table.isEmpty() ? "No field is changed." : table.toString();
    }

    public ObjectNode json(Letter letter) {
        var record = letter.record();
        var json = JsonNodeFactory.instance.objectNode()
                .put("letter", letter.origin().toString())
                .put("kept_as", letter.place().toString())
                .put("reason", record.getReason().name())
                .put("message", Redaction.of(record.getMessage()))
                .put("key", Redaction.of(letter.key()))
                .put("sent", record.getSourceTimestamp().toString())
                .put("written_by", record.getWrittenBy())
                .put("written_at", record.getWrittenAt().toString());
        json.set("replay", letter.replay().<JsonNode>map(AvroJson::of).orElseGet(JsonNodeFactory.instance::nullNode));
        return json;
    }

    public ObjectNode json(Letter letter, Original original) {
        var json = json(letter).put("what_next", whatNext(letter, Replay.of(letter, original)));
        var headers = json.putObject("headers");
        letter.record().getOriginalHeaders()
                .forEach(header -> headers.put(Redaction.of(header.getKey()), value(header)));
        json.set("value", original instanceof Original.Legible(var value)
                ? redacted(AvroJson.of(value))
                : JsonNodeFactory.instance.nullNode());
        if (!(original instanceof Original.Legible)) {
            json.put("unreadable", why(original)).put("bytes", dump(letter));
        }
        return json;
    }

    private String contents(Letter letter, Original original) {
        return switch (original) {
            case Original.Legible(SpecificRecord value) -> {
                var table = new Table("FIELD OF " + value.getSchema().getName(), "VALUE");
                redacted(AvroJson.of(value)).properties()
                        .forEach(field -> table.row(field.getKey(), shown(text(field.getValue()))));
                yield table.toString();
            }
            case Original.Illegible _,Original.NotNow _ ->
                "It cannot be read. " + shown(why(original)) + "\n" + dump(letter);
        };
    }

    private static String why(Original original) {
        return switch (original) {
            case Original.Legible _ -> "";
            case Original.Illegible(var why) -> Redaction.of(why);
            case Original.NotNow(var why) -> "The schema registry does not answer: " + why;
        };
    }

    private static String dump(Letter letter) {
        var value = letter.record().getOriginalValue();
        return value == null ? "" : HexDump.of(bytes(value));
    }

    private static String words(Letter letter, LetterReplay replay) {
        return Text.second(replay.getReplayedAt()) + " by " + shown(replay.getReplayedBy())
                + letter.replayedAs().map(place -> " as " + place).orElse("")
                + (replay.getRepaired() ? ", repaired" : ", as it was");
    }

    private static String whatNext(Letter letter, Replay replay) {
        return switch (replay) {
            case Replay.AsItWas _ ->
                "It can be published again as it was: keyfold dead-letters replay " + letter.origin();
            case Replay.OnceRepaired(var why) ->
                shown(why) + " Repaired, it can be published again: keyfold dead-letters replay " + letter.origin()
                        + " --set FIELD=VALUE, or --repair FILE";
            case Replay.Never(var why, var instead) ->
                "It is not published again: " + shown(why) + (why.endsWith(".") ? " " : ". ") + instead;
        };
    }

    private static JsonNode redacted(JsonNode node) {
        return switch (node) {
            case TextNode text -> TextNode.valueOf(Redaction.of(text.textValue()));
            case ObjectNode object -> {
                List.copyOf(object.properties())
                        .forEach(field -> object.set(field.getKey(), redacted(field.getValue())));
                yield object;
            }
            case JsonNode list when list.isArray() ->
                JsonNodeFactory.instance.arrayNode().addAll(
                        StreamSupport.stream(list.spliterator(), false).map(LetterReport::redacted).toList());
            default -> node;
        };
    }

    private static String text(JsonNode value) {
        return value.isTextual() ? value.textValue() : value.toString();
    }

    private static String value(HeaderEntry header) {
        var value = header.getValue();
        return value == null ? "-" : shown(new String(bytes(value), StandardCharsets.UTF_8));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static String shown(@Nullable String text) {
        var harmless = Text.harmless(Redaction.of(String.valueOf(text)));
        return harmless.length() <= LONGEST ? harmless : harmless.substring(0, LONGEST) + "…";
    }
}
