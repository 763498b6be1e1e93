package io.keyfold.gateway.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/// How tokens are kept: as the SHA-256 of a text that nobody can guess. A slow hash is for passwords, which can be guessed.
final class TokenHash {
    private static final Pattern WRITTEN = Pattern.compile("sha256:([0-9a-fA-F]{64})");

    private TokenHash() {}

    static String of(String token) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /// @throws IllegalArgumentException if it is no hash
    static String canonical(String written) {
        var matcher = WRITTEN.matcher(written);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not sha256: and 64 hexadecimal digits");
        }
        return matcher.group(1).toLowerCase(Locale.ROOT);
    }
}
