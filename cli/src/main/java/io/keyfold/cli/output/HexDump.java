package io.keyfold.cli.output;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/// The beginning of bytes that mean nothing to us, sixteen a line, with the letters among them beside; what may be a secret
/// is stars in both.
public final class HexDump {
    private static final int SHOWN = 256;
    private static final int PER_LINE = 16;

    /// So much is looked at, lest a secret that the end of what is shown cuts off is not known for one.
    private static final int LOOKED_AT = 4096;

    private HexDump() {}

    public static String of(byte[] bytes) {
        var head = Arrays.copyOf(bytes, Math.min(bytes.length, LOOKED_AT));
        var masked = Redaction.masked(new String(head, StandardCharsets.ISO_8859_1))
                .getBytes(StandardCharsets.ISO_8859_1);
        var end = Math.min(masked.length, SHOWN);
        var dump = new StringBuilder();
        for (var at = 0; at < end; at += PER_LINE) {
            var line = Arrays.copyOfRange(masked, at, Math.min(end, at + PER_LINE));
            dump.append(
                    String.format("%06x  %-47s  %s%n", at, HexFormat.ofDelimiter(" ").formatHex(line), ascii(line)));
        }
        if (bytes.length > end) {
            dump.append("… ").append(bytes.length - end).append(" more bytes");
        }
        return dump.toString().stripTrailing();
    }

    private static String ascii(byte[] line) {
        var text = new StringBuilder();
        for (var each : line) {
            text.append(each >= ' ' && each < 0x7f ? (char) each : '.');
        }
        return text.toString();
    }
}
