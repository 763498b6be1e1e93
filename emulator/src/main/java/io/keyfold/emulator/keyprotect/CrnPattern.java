package io.keyfold.emulator.keyprotect;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// A CRN in which `*` stands for any text, and missing segments at the end for anything.
final class CrnPattern {

    private CrnPattern() {}

    static boolean matches(String query, String crn) {
        String decoded = query.contains("%") ? URLDecoder.decode(query, StandardCharsets.UTF_8) : query;
        var pattern = new StringBuilder();
        for (String part : decoded.split("\\*", -1)) {
            pattern.append(pattern.isEmpty() ? "" : ".*").append(part.isEmpty() ? "" : Pattern.quote(part));
        }
        return Pattern.matches(pattern + ".*", crn);
    }
}
