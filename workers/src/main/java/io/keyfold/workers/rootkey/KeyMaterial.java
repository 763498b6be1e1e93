package io.keyfold.workers.rootkey;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// The material of a key, from when it was read until it has been encrypted for Key Protect. It is in this one array, never
/// in a String, and wiped by [#close()].
public final class KeyMaterial implements AutoCloseable {
    /// What every refusal of material says of its size.
    public static final String ALLOWED = "base64 text of 16, 24 or 32 bytes";

    /// Longest text that is material: 32 bytes in base64, and white space around it. Whoever has read a byte more has read
    /// enough.
    public static final int LONGEST_TEXT = 128;

    private static final int LONGEST = 32;

    private final byte[] bytes;
    private boolean isWiped;

    private KeyMaterial(byte[] bytes) {
        this.bytes = bytes;
    }

    /// @param text base64 in ASCII, white space around it allowed up to [#LONGEST_TEXT]; it is wiped
    /// @return empty if it is anything else than [#ALLOWED]
    public static Optional<KeyMaterial> ofBase64(byte[] text) {
        byte[] decoded = new byte[LONGEST_TEXT];
        byte[] trimmed = trimmed(text);
        try {
            int length = text.length > LONGEST_TEXT ? 0 : Base64.getDecoder().decode(trimmed, decoded);
            return length == 16 || length == 24 || length == LONGEST
                    ? Optional.of(new KeyMaterial(Arrays.copyOf(decoded, length)))
                    : Optional.empty();
        } catch (IllegalArgumentException notBase64) {
            // Its message has a character of the material in it, so it goes no further.
            return Optional.empty();
        } finally {
            Arrays.fill(text, (byte) 0);
            Arrays.fill(trimmed, (byte) 0);
            Arrays.fill(decoded, (byte) 0);
        }
    }

    private static byte[] trimmed(byte[] text) {
        int from = 0;
        int to = text.length;
        while (from < to && isSpace(text[from])) {
            from++;
        }
        while (from < to && isSpace(text[to - 1])) {
            to--;
        }
        return Arrays.copyOfRange(text, from, to);
    }

    private static boolean isSpace(byte character) {
        return character == ' ' || character == '\t' || character == '\r' || character == '\n';
    }

    /// The array itself, not a copy.
    ///
    /// @throws IllegalStateException once it is wiped: a key of zeros must never be imported
    public byte[] bytes() {
        if (isWiped) {
            throw new IllegalStateException("the material was wiped already");
        }
        return bytes;
    }

    @Override
    public void close() {
        isWiped = true;
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "[hidden]";
    }
}
