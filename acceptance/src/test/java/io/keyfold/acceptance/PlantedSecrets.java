package io.keyfold.acceptance;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Secrets that a test has given to Keyfold, and the search for them: for their first and for their last bytes, as they
/// are, in base64 at whatever place of a longer text, in hexadecimal digits, and URL-encoded.
final class PlantedSecrets {
    /// Fewer could be found by chance.
    private static final int PIECE = 12;

    private static final Pattern ESCAPE = Pattern.compile("%..");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Map<String, Set<String>> textsByName = new LinkedHashMap<>();

    /// A new secret that nobody else has, of letters, digits and what a URL encodes.
    String plant(String name) {
        byte[] random = new byte[30];
        RANDOM.nextBytes(random);
        return plant(name, "p/" + Base64.getEncoder().encodeToString(random) + "+q");
    }

    String plant(String name, String secret) {
        plant(name, secret.getBytes(StandardCharsets.UTF_8));
        return secret;
    }

    synchronized byte[] plant(String name, byte[] secret) {
        if (secret.length < PIECE) {
            throw new IllegalArgumentException("too short to be looked for: " + name);
        }
        var texts = textsByName.computeIfAbsent(name, _ -> new LinkedHashSet<>());
        texts.addAll(texts(Arrays.copyOfRange(secret, 0, PIECE)));
        texts.addAll(texts(Arrays.copyOfRange(secret, secret.length - PIECE, secret.length)));
        return secret;
    }

    synchronized Set<String> names() {
        return Set.copyOf(textsByName.keySet());
    }

    /// @param text bytes as Latin-1, which any text in UTF-8 is as far as secrets go
    /// @return the names of the secrets that show in it
    synchronized List<String> seenIn(String text) {
        return textsByName.entrySet().stream()
                .filter(secret -> secret.getValue().stream().anyMatch(text::contains))
                .map(Map.Entry::getKey).toList();
    }

    private static List<String> texts(byte[] piece) {
        var texts = new ArrayList<String>();
        var plain = new String(piece, StandardCharsets.ISO_8859_1);
        texts.add(plain);
        texts.add(HexFormat.of().formatHex(piece));
        texts.add(HexFormat.of().withUpperCase().formatHex(piece));
        for (int before = 0; before < 3; before++) {
            texts.add(inside(Base64.getEncoder(), piece, before));
            texts.add(inside(Base64.getUrlEncoder(), piece, before));
        }
        List.copyOf(texts).forEach(text -> {
            String encoded = URLEncoder.encode(text, StandardCharsets.ISO_8859_1);
            texts.add(encoded);
            texts.add(lowerCaseEscapes(encoded));
        });
        return texts;
    }

    /// What base64 makes of the bytes when as many stand before them: the characters that hang on no others.
    private static String inside(Base64.Encoder base64, byte[] piece, int before) {
        byte[] shifted = new byte[before + piece.length];
        System.arraycopy(piece, 0, shifted, before, piece.length);
        String text = base64.withoutPadding().encodeToString(shifted);
        int first = (before * 8 + 5) / 6;
        int last = shifted.length * 8 / 6;
        return text.substring(first, last);
    }

    private static String lowerCaseEscapes(String encoded) {
        return ESCAPE.matcher(encoded)
                .replaceAll(escape -> escape.group().toLowerCase(Locale.ROOT));
    }
}
