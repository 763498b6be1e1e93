package io.keyfold.acceptance;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A file system of a few megabytes that only the processes started [#within] it see: a `tmpfs` in a mount namespace of a
/// user namespace, for which nobody needs to be root. It is gone with this process, however that ends.
final class SmallDisk implements AutoCloseable {
    private static final String MOUNT = "mount -t tmpfs -o size=%dm tmpfs \"$0\" && touch \"$0\"/mounted && exec cat";
    private static final Duration MOUNTED_WITHIN = Duration.ofSeconds(30);
    private static final byte[] BLOCK = new byte[4096];

    private final Path root;
    private final Process holder;

    /// @param root a directory, in whose place it is
    SmallDisk(Path root, int megabytes) {
        this.root = root;
        try {
            holder = new ProcessBuilder(
                    "unshare", "--user", "--map-root-user", "--mount", "sh", "-c", String.format(MOUNT, megabytes),
                    root.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        } catch (IOException e) {
            throw new UncheckedIOException("unshare cannot be run", e);
        }
        await("the disk is mounted").atMost(MOUNTED_WITHIN).until(() -> Files.exists(seen().resolve("mounted")));
    }

    /// Whether this machine lets us have one: a kernel can be told to give nobody but root a user namespace.
    static boolean isPossible() {
        try {
            Process tried = new ProcessBuilder(
                    "unshare", "--user", "--map-root-user", "--mount", "nsenter", "--version")
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return tried.waitFor(MOUNTED_WITHIN.toSeconds(), TimeUnit.SECONDS) && tried.exitValue() == 0;
        } catch (IOException e) { // there is no such program
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// What those see that are started within it.
    Path root() {
        return root;
    }

    /// What we see.
    private Path seen() {
        return Path.of("/proc/" + holder.pid() + "/root" + root);
    }

    /// The program that starts a command where the disk is seen.
    List<String> within() {
        return List.of(
                "nsenter", "--preserve-credentials", "--user", "--mount", "--target", Long.toString(holder.pid()),
                "--");
    }

    /// Not a byte is left, whatever has become free since this was last called.
    void fill() {
        try (OutputStream ballast = Files.newOutputStream(
                seen().resolve("ballast"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (true) {
                ballast.write(BLOCK);
            }
        } catch (IOException full) {
            if (free() > 0) {
                throw new UncheckedIOException("It cannot be filled; there are left " + free(), full);
            }
        }
    }

    /// Somebody has made room.
    void makeRoom() {
        try {
            Files.delete(seen().resolve("ballast"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// In bytes.
    long free() {
        try {
            return Files.getFileStore(seen()).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        holder.destroyForcibly();
    }
}
