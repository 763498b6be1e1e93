package io.keyfold.gateway.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Callers as a file lists them, a line each: a name, a role, and what they show. Read again when it has changed; if it then
/// cannot be read, those known before stay.
final class ListedCallers {
    private static final Logger LOG = LoggerFactory.getLogger(ListedCallers.class);
    private static final long LOOK_AGAIN_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@:-]{1,64}");
    private static final int PARTS = 3;

    /// Tells one state of the file from another.
    private record Stamp(FileTime modified, long size) {}

    private final Path file;
    private final UnaryOperator<String> canonical;
    private Map<String, Caller> callers;
    private Stamp stamp;
    private long lookedAt;

    /// @param canonical gives what a line shows the form by which it is found; throws an [IllegalArgumentException] if it
    ///                  has none
    ListedCallers(Path file, UnaryOperator<String> canonical) {
        this.file = file;
        this.canonical = canonical;
        try {
            this.stamp = stampOf(file);
            this.callers = read(file, canonical);
            this.lookedAt = System.nanoTime();
        } catch (IOException e) {
            throw new IllegalArgumentException("the file " + file + " cannot be read: " + e, e);
        }
    }

    Optional<Caller> find(String shown) {
        return Optional.ofNullable(current().get(shown));
    }

    private synchronized Map<String, Caller> current() {
        var now = System.nanoTime();
        if (now - lookedAt >= LOOK_AGAIN_NANOS) {
            lookedAt = now;
            try {
                var found = stampOf(file);
                if (!found.equals(stamp)) {
                    stamp = found;
                    callers = read(file, canonical);
                    LOG.info("{} is read anew: {} callers", file, callers.size());
                }
            } catch (IOException | IllegalArgumentException e) {
                LOG.error("{} has changed and cannot be used; those known before stay: {}", file, e.toString());
            }
        }
        return callers;
    }

    private static Stamp stampOf(Path file) throws IOException {
        return new Stamp(Files.getLastModifiedTime(file), Files.size(file));
    }

    private static Map<String, Caller> read(Path file, UnaryOperator<String> canonical) throws IOException {
        var callers = new HashMap<String, Caller>();
        var names = new HashSet<String>();
        var number = 0;
        for (var line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            number++;
            if (!line.isBlank() && !line.startsWith("#")) {
                try {
                    var parts = line.strip().split("\\s+", PARTS);
                    if (parts.length < PARTS || !NAME.matcher(parts[0]).matches()) {
                        throw new IllegalArgumentException("not a name, a role and what the caller shows");
                    }
                    var caller = new Caller(parts[0], role(parts[1]), true);
                    if (!names.add(caller.name()) || callers.put(canonical.apply(parts[2]), caller) != null) {
                        throw new IllegalArgumentException("the same name, or the same shown, as on a line before");
                    }
                } catch (IllegalArgumentException e) {
                    // Not with what the line says: somebody may have written the token itself.
                    throw new IllegalArgumentException(
                            "line " + number + " of " + file + " cannot be used: " + e.getMessage(), e);
                }
            }
        }
        return Map.copyOf(callers);
    }

    private static Role role(String word) {
        return Arrays.stream(Role.values()).filter(role -> role.word().equals(word)).findAny().orElseThrow(
                () -> new IllegalArgumentException(
                        "the role is none of "
                                + Arrays.stream(Role.values()).map(Role::word).collect(Collectors.joining(", "))));
    }
}
