package io.keyfold.cli.output;

import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes what may be a secret out of what others have sent, before it is shown: what follows a telling name such as
/// `apikey` or `Bearer`, and whatever looks like a key or a token by itself. It would rather hide too much; account ids,
/// which are 32 hexadecimal digits, are hidden too.
public final class Redaction {
    /// Stands in place of what was taken out.
    public static final String HIDDEN = "[hidden]";

    private static final Pattern NAMED = Pattern.compile(
            "(?i)((?:api_?-?key|passw(?:or)?d|secret|token|private_?-?key|payload)[\"']?\\s{0,3}[:=]\\s{0,3}[\"']?"
                    + "|(?:bearer|basic)\\s)([^\\s\"',;&{}\\[\\]]{4,})");

    private static final Pattern LONG = Pattern.compile("[A-Za-z0-9+/_=.-]{22,}");

    private static final Pattern HEXADECIMAL = Pattern.compile(".*[0-9a-fA-F]{32,}.*");

    private Redaction() {}

    /// The text with `[hidden]` in place of each.
    public static String of(String text) {
        var named = NAMED.matcher(text).replaceAll("$1" + "\\" + HIDDEN);
        return LONG.matcher(named).replaceAll(found -> looksSecret(found.group()) ? HIDDEN : quoted(found));
    }

    /// The text with as many `*` in place of each as it has characters.
    static String masked(String text) {
        var named = NAMED.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(found.group(1)) + stars(found.group(2)));
        return LONG.matcher(named)
                .replaceAll(found -> looksSecret(found.group()) ? stars(found.group()) : quoted(found));
    }

    private static boolean looksSecret(String word) {
        var isMixed = !word.equals(word.toLowerCase(Locale.ROOT)) && !word.equals(word.toUpperCase(Locale.ROOT))
                && word.chars().anyMatch(character -> Character.isDigit(character) || "+/=".indexOf(character) >= 0);
        return isMixed || HEXADECIMAL.matcher(word).matches();
    }

    private static String quoted(MatchResult found) {
        return Matcher.quoteReplacement(found.group());
    }

    private static String stars(String word) {
        return "*".repeat(word.length());
    }
}
