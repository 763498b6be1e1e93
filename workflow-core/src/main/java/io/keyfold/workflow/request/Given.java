package io.keyfold.workflow.request;

/// What a caller gave, made fit to be shown and remembered: shortened, and with nothing in it that a terminal or a log
/// would act on.
public final class Given {
    /// Longest part of a text that is shown, in characters.
    static final int SHOWN = 60;

    /// Longest text that is remembered as it is, in characters: longer than any valid id, account or name of a person.
    static final int REMEMBERED = 128;

    private Given() {}

    static String text(String value) {
        if (value.codePointCount(0, value.length()) <= SHOWN) {
            return '"' + escaped(value) + '"';
        }
        String start = value.substring(0, value.offsetByCodePoints(0, SHOWN));
        return '"' + escaped(start) + "…\" (" + value.length() + " characters)";
    }

    /// Without quotes, for what has to stay a value; what is valid stays as it is.
    public static String clipped(String value) {
        return value.codePointCount(0, value.length()) <= REMEMBERED ? escaped(value)
                : escaped(value.substring(0, value.offsetByCodePoints(0, REMEMBERED))) + "…";
    }

    private static String escaped(String value) {
        var shown = new StringBuilder();
        value.codePoints().forEach(point -> {
            switch (point) {
                case '\n' -> shown.append("\\n");
                case '\r' -> shown.append("\\r");
                case '\t' -> shown.append("\\t");
                case '"', '\\' -> shown.append('\\').appendCodePoint(point);
                default -> {
                    if (isPrintable(point)) {
                        shown.appendCodePoint(point);
                    } else {
                        shown.append(String.format("\\u{%x}", point));
                    }
                }
            }
        });
        return shown.toString();
    }

    /// Whether a character shows as itself: no control, no format character (these can turn the reading direction
    /// round), no half of a pair, no line end.
    static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                false;
            default -> true;
        };
    }
}
