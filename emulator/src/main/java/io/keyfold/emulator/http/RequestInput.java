package io.keyfold.emulator.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What comes in on a connection, line by line or as bytes. For one thread: unlike the JDK's buffers, which take a lock for
/// each byte, it takes none.
final class RequestInput extends InputStream {
    private static final int BUFFER = 16 * 1024;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int next;
    private int end;

    RequestInput(InputStream in) {
        this.in = in;
    }

    /// A line without its end, or nothing at the end of the stream.
    ///
    /// @throws BadRequest if it has more bytes than that
    Optional<String> line(int atMost) throws IOException, BadRequest {
        if (next == end && !fill()) {
            return Optional.empty();
        }
        var begun = new ByteArrayOutputStream(0);
        while (true) {
            int lineFeed = lineFeed();
            if (begun.size() + lineFeed - next > atMost) {
                throw new BadRequest(431, "head too large");
            }
            begun.write(buffer, next, lineFeed - next);
            next = lineFeed;
            if (lineFeed < end) {
                next++;
                String text = begun.toString(StandardCharsets.ISO_8859_1);
                return Optional.of(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
            }
            if (!fill()) {
                throw new EOFException("end within a line");
            }
        }
    }

    /// Where in the buffer the line ends; the buffer's end if it goes on beyond.
    private int lineFeed() {
        int at = next;
        while (at < end && buffer[at] != '\n') {
            at++;
        }
        return at;
    }

    private boolean fill() throws IOException {
        next = 0;
        end = Math.max(0, in.read(buffer, 0, BUFFER));
        return end > 0;
    }

    @Override
    public int read() throws IOException {
        return next == end && !fill() ? -1 : buffer[next++] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (next == end && !fill()) {
            return -1;
        }
        int count = Math.min(length, end - next);
        System.arraycopy(buffer, next, into, from, count);
        next += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
