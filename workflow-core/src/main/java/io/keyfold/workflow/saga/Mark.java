package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.StepName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What everything that a run creates carries, and by which it is told from all else:
/// `kf-<installation>-<cluster>-<run>-<purpose>-<n>`, with the first 128 bits of the SHA-256 of the cluster id in
/// base32. At most 90 characters, so that it fits a Key Protect alias (docs: "Managing key aliases").
///
/// @param cluster not the id itself, but what stands for it: see [#cluster(ClusterId)]
public record Mark(String installation, String cluster, int run, StepName step, int n) {
    private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
    private static final Pattern FORM = Pattern.compile(
            "kf-([a-z0-9]{1,12})-([a-z2-7]{26})-([1-9][0-9]{0,8})-([a-z]+)-([1-9][0-9]{0,8})");

    static String of(String installation, ClusterId cluster, int run, StepName step, int n) {
        return new Mark(installation, cluster(cluster), run, step, n).text();
    }

    /// What this text says, if it is a mark of whomever.
    public static Optional<Mark> read(String text) {
        Matcher mark = FORM.matcher(text);
        return mark.matches() ? Arrays.stream(StepName.values())
                .filter(step -> step.purpose().equals(mark.group(4))).findFirst()
                .map(
                        step -> new Mark(
                                mark.group(1), mark.group(2), Integer.parseInt(mark.group(3)), step,
                                Integer.parseInt(mark.group(5))))
                : Optional.empty();
    }

    /// What stands for a cluster in its marks.
    public static String cluster(ClusterId cluster) {
        return base32(digest(cluster.toString()));
    }

    public String text() {
        return "kf-" + installation + "-" + cluster + "-" + run + "-" + step.purpose() + "-" + n;
    }

    private static byte[] digest(String text) {
        try {
            byte[] whole = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(whole, 16);
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
