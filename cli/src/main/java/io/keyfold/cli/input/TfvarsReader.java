package io.keyfold.cli.input;

import io.keyfold.workflow.wire.InvalidInput;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the values of a `.tfvars` file: strings, numbers, `true`, `false`, `null`, lists and maps of them, comments.
///
/// Templates (`${…}`), heredocs and function calls are refused: a variable file holds values, and guessing what an
/// expression would give is worse than saying so.
final class TfvarsReader {
    private final String file;
    private final String text;
    private int at;
    private int line = 1;

    private TfvarsReader(String file, String text) {
        this.file = file;
        this.text = text;
    }

    /// The values by name, in the file's order; null where the file says `null`.
    ///
    /// @param file its name, for messages
    static Map<String, @Nullable Object> read(String file, String text) {
        return new TfvarsReader(file, text).assignments();
    }

    private Map<String, @Nullable Object> assignments() {
        var values = new LinkedHashMap<String, @Nullable Object>();
        for (skipBlank(); at < text.length(); skipBlank()) {
            var name = name();
            skipBlank();
            expect('=');
            skipBlank();
            if (values.containsKey(name)) {
                throw wrong(name + " is given twice");
            }
            values.put(name, value());
        }
        return values;
    }

    private String name() {
        if (peek() == '"') {
            return string();
        }
        var start = at;
        while (at < text.length() && (Character.isLetterOrDigit(peek()) || peek() == '_' || peek() == '-')) {
            at++;
        }
        if (start == at) {
            throw wrong("a name was expected, not '" + peek() + "'");
        }
        return text.substring(start, at);
    }

    private @Nullable Object value() {
        return switch (peek()) {
            case '"' -> string();
            case '[' -> list();
            case '{' -> map();
            case '<' -> throw wrong("a heredoc (<<) is not supported; write it as one string");
            default -> word();
        };
    }

    private String string() {
        expect('"');
        var content = new StringBuilder();
        while (peek() != '"') {
            var character = next();
            if (character == '\n' || character == 0) {
                throw wrong("a string is not closed");
            }
            if (text.startsWith(character + "{", at) && (character == '$' || character == '%')) {
                at++; // $${ and %%{ stand for ${ and %{
            } else if ((character == '$' || character == '%') && peek() == '{') {
                throw wrong("a template (" + character + "{…}) is not supported; write the value itself");
            }
            content.append(character == '\\' ? escaped() : character);
        }
        at++;
        return content.toString();
    }

    private char escaped() {
        var character = next();
        return switch (character) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case '"', '\\' -> character;
            default -> throw wrong("\\" + character + " is no escape of a string");
        };
    }

    private List<@Nullable Object> list() {
        expect('[');
        var items = new ArrayList<@Nullable Object>();
        for (skipBlank(); peek() != ']'; skipBlank()) {
            items.add(value());
            skipBlank();
            skipOptional(',');
        }
        at++;
        return items;
    }

    private Map<String, @Nullable Object> map() {
        expect('{');
        var entries = new LinkedHashMap<String, @Nullable Object>();
        for (skipBlank(); peek() != '}'; skipBlank()) {
            var name = name();
            skipBlank();
            if (peek() == ':') {
                at++;
            } else {
                expect('=');
            }
            skipBlank();
            entries.put(name, value());
            skipBlank();
            skipOptional(',');
        }
        at++;
        return entries;
    }

    private @Nullable Object word() {
        var start = at;
        while (at < text.length() && (Character.isLetterOrDigit(peek()) || "_.+-".indexOf(peek()) >= 0)) {
            at++;
        }
        var word = text.substring(start, at);
        return switch (word) {
            case "true" -> true;
            case "false" -> false;
            case "null" -> null;
            case "" ->
                throw wrong("a value was expected, not " + (at < text.length() ? "'" + peek() + "'" : "the end"));
            default -> number(word);
        };
    }

    private BigDecimal number(String word) {
        try {
            return new BigDecimal(word);
        } catch (NumberFormatException e) {
            throw wrong(word + " is no value; a text stands in double quotes");
        }
    }

    private void skipBlank() {
        while (at < text.length()) {
            if (Character.isWhitespace(peek())) {
                next();
            } else if (peek() == '#' || text.startsWith("//", at)) {
                skipTo("\n");
            } else if (text.startsWith("/*", at)) {
                skipTo("*/");
                at = Math.min(text.length(), at + 2);
            } else {
                return;
            }
        }
    }

    private void skipTo(String end) {
        while (at < text.length() && !text.startsWith(end, at)) {
            next();
        }
    }

    private void skipOptional(char character) {
        if (peek() == character) {
            at++;
        }
    }

    private void expect(char character) {
        if (peek() != character) {
            throw wrong("'" + character + "' was expected");
        }
        at++;
    }

    /// The next character, or 0 at the end.
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private char next() {
        var character = peek();
        at++;
        if (character == '\n') {
            line++;
        }
        return character;
    }

    private InvalidInput wrong(String what) {
        return new InvalidInput(file + ", line " + line + ": " + what);
    }
}
