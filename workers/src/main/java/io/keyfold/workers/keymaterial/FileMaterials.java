package io.keyfold.workers.keymaterial;

import io.keyfold.workers.rootkey.KeyMaterial;
import io.keyfold.workers.rootkey.KeyMaterialReference;
import io.keyfold.workers.rootkey.KeyMaterials;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/// Material in files below one directory.
final class FileMaterials implements KeyMaterials {
    private static final String SETTING = "material.directory";

    private final Optional<Path> directory;

    FileMaterials(Optional<Path> directory) {
        this.directory = directory;
    }

    @Override
    public KeyMaterial fetch(KeyMaterialReference reference) {
        Path below = directory.orElseThrow(() -> MaterialFault.refused(
                reference, "The root-key worker has no directory for key material: its setting " + SETTING
                        + " is empty."));
        try {
            return KeyMaterial.ofBase64(read(reference, below))
                    .orElseThrow(() -> MaterialFault.notMaterial(reference));
        } catch (NoSuchFileException e) {
            throw MaterialFault.refused(reference, "There is no such file below the worker's " + SETTING + ".");
        } catch (AccessDeniedException e) {
            throw MaterialFault.refused(reference, "The worker may not read the file below its " + SETTING + ".");
        } catch (FileSystemException e) {
            // A file where a directory is named, links in a circle: nothing that passes.
            throw MaterialFault.refused(
                    reference, "It does not lead to a file below the worker's " + SETTING + ".");
        } catch (IOException e) {
            throw MaterialFault.passing(
                    reference, "The file below the worker's " + SETTING + " cannot be read ("
                            + e.getClass().getSimpleName() + ").");
        }
    }

    private static byte[] read(KeyMaterialReference reference, Path below) throws IOException {
        // Links inside the directory are ordinary: mounted secrets are made of them. What counts is where they end.
        Path root = below.toRealPath();
        Path file = root.resolve(reference.name()).toRealPath();
        if (!file.startsWith(root)) {
            throw leadsOut(reference);
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw MaterialFault.refused(reference, "It is not a file below the worker's " + SETTING + ".");
        }
        // Read into this buffer itself: with one on the heap the channel would keep a copy in a buffer of its own.
        ByteBuffer buffer = ByteBuffer.allocateDirect(KeyMaterial.LONGEST_TEXT + 1);
        try (SeekableByteChannel channel = Files.newByteChannel(
                file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // Until its end, or until it is too long to be material.
            }
            byte[] text = new byte[buffer.flip().remaining()];
            buffer.get(text);
            return text;
        } finally {
            buffer.clear().put(new byte[buffer.capacity()]);
        }
    }

    private static RuntimeException leadsOut(KeyMaterialReference reference) {
        return MaterialFault.refused(reference, "A link leads out of the worker's " + SETTING + ".");
    }
}
