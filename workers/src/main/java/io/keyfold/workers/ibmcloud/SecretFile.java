package io.keyfold.workers.ibmcloud;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/// A file with nothing but a secret, as Kubernetes and Docker mount them: another may lie there at any time.
public final class SecretFile {
    private static final int LONGEST = 16 << 10;

    private SecretFile() {}

    /// @throws IllegalArgumentException saying what is wrong with the file, and nothing of what is in it
    public static Secret read(Path file) {
        byte[] bytes = bytes(file);
        try {
            String text = new String(bytes, StandardCharsets.US_ASCII).strip();
            if (bytes.length > LONGEST || !text.chars().allMatch(character -> character > ' ' && character < 127)) {
                throw new IllegalArgumentException("the file " + file + " is more than a secret on a line of its own");
            }
            if (text.isEmpty()) {
                throw new IllegalArgumentException("the file " + file + " is empty");
            }
            return new Secret(text);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static byte[] bytes(Path file) {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(LONGEST + 1);
        } catch (NoSuchFileException missing) {
            throw new IllegalArgumentException("there is no file " + file, missing);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("the file " + file + " cannot be read", unreadable);
        }
    }
}
