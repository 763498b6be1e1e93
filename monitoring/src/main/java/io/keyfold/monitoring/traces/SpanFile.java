package io.keyfold.monitoring.traces;

import io.opentelemetry.exporter.internal.otlp.traces.TraceRequestMarshaler;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Appends each export to a file, as one line of OTLP's JSON, which collectors read again (`otlpjsonfile`).
///
/// OpenTelemetry's own exporter of this form writes to a logger only; its encoding is what is used here.
final class SpanFile implements SpanExporter {
    private static final Logger LOG = LoggerFactory.getLogger(SpanFile.class);

    /// A file that nobody looks after must not fill the disk.
    static final long LARGEST = 1L << 30;

    private final Path file;
    private final FileChannel channel;
    private final long largest;
    private boolean isFull;

    /// @throws IllegalArgumentException if it cannot be written
    static SpanFile open(Path file, long largest) {
        try {
            return new SpanFile(
                    file,
                    FileChannel.open(
                            file,
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
                    largest);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "spans cannot be written to " + file + " (" + TraceSettings.FILE + "): " + e, e);
        }
    }

    private SpanFile(Path file, FileChannel channel, long largest) {
        this.file = file;
        this.channel = channel;
        this.largest = largest;
    }

    @Override
    public synchronized CompletableResultCode export(Collection<SpanData> spans) {
        var line = new ByteArrayOutputStream();
        try {
            TraceRequestMarshaler.create(spans).writeJsonTo(line);
            line.write('\n');
            if (channel.size() + line.size() > largest) {
                sayItIsFull();
                return CompletableResultCode.ofFailure();
            }
            // In one go, so that processes that share it do not mix their lines.
            var bytes = ByteBuffer.wrap(line.toByteArray());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return CompletableResultCode.ofSuccess();
        } catch (IOException e) {
            return CompletableResultCode.ofExceptionalFailure(e);
        }
    }

    private void sayItIsFull() {
        if (!isFull) {
            isFull = true;
            LOG.warn("{} has reached {} bytes: no more spans are written to it. Move it away and start again.", file,
                    largest);
        }
    }

    @Override
    public CompletableResultCode flush() {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public synchronized CompletableResultCode shutdown() {
        try {
            channel.close();
            return CompletableResultCode.ofSuccess();
        } catch (IOException e) {
            return CompletableResultCode.ofExceptionalFailure(e);
        }
    }
}
