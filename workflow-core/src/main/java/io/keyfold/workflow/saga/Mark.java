package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.StepName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// What everything that a run creates carries, and by which it is told from all else:
/// `kf-<installation>-<cluster>-<run>-<purpose>-<n>`, with the first 128 bits of the SHA-256 of the cluster id in
/// base32. At most 90 characters, so that it fits a Key Protect alias (docs: "Managing key aliases").
final class Mark {
    private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

    private Mark() {}

    static String of(String installation, ClusterId cluster, int run, StepName step, int n) {
        return "kf-" + installation + "-" + base32(digest(cluster.toString())) + "-" + run + "-" + step.purpose() + "-"
                + n;
    }

    private static byte[] digest(String text) {
        try {
            byte[] whole = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return java.util.Arrays.copyOf(whole, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static String base32(byte[] bytes) {
        var text = new StringBuilder();
        int buffer = 0;
        int bits = 0;
        for (byte next : bytes) {
            buffer = buffer << 8 | next & 0xff;
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                text.append(BASE32.charAt(buffer >> bits & 31));
            }
            buffer &= (1 << bits) - 1;
        }
        return bits == 0 ? text.toString() : text.append(BASE32.charAt(buffer << 5 - bits & 31)).toString();
    }
}
