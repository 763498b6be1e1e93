package io.keyfold.workers.rootkey;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where the material of a key is kept, among what this worker's operator offers.
///
/// @param name a path without empty or dotted parts, or the whole name of a variable
public record KeyMaterialReference(Source source, String name) {
    private static final int LONGEST = 200;
    private static final String PATH = "[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*";
    private static final Pattern SYNTAX = Pattern
            .compile("(file|vault):(" + PATH + ")|(env):(KEYFOLD_KEY_MATERIAL_[A-Z0-9_]+)");

    public enum Source {
        FILE,
        ENV,
        VAULT;

        private String scheme() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @throws IllegalArgumentException that does not repeat what was given: it may be the material itself
    public static KeyMaterialReference parse(String given) {
        Matcher parts = SYNTAX.matcher(given);
        if (given.length() > LONGEST || !parts.matches()) {
            throw new IllegalArgumentException(
                    "about key material, by a reference that is neither file:PATH, vault:PATH nor"
                            + " env:KEYFOLD_KEY_MATERIAL_NAME");
        }
        int scheme = parts.group(1) == null ? 3 : 1;
        String wanted = parts.group(scheme);
        Source source = Arrays.stream(Source.values()).filter(one -> one.scheme().equals(wanted)).findFirst()
                .orElseThrow();
        return new KeyMaterialReference(source, parts.group(scheme + 1));
    }

    /// As in the request.
    @Override
    public String toString() {
        return source.scheme() + ":" + name;
    }
}
