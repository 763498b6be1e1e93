package io.keyfold.emulator.service;

import java.util.Random;
import java.util.UUID;

/// Ids from one seed: two emulators with the same seed and the same calls in the same order give the same ids.
public final class Ids {

    private final Random random;

    public Ids(long seed) {
        this.random = new Random(seed);
    }

    /// A version 4 UUID, as Key Protect, the Resource Controller and IAM use for theirs.
    public synchronized String uuid() {
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }

    public synchronized String hex(int digits) {
        var text = new StringBuilder(digits);
        while (text.length() < digits) {
            text.append(Character.forDigit(random.nextInt(16), 16));
        }
        return text.toString();
    }
}
