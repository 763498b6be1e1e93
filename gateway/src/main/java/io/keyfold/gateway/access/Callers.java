package io.keyfold.gateway.access;

import java.nio.file.Path;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// Tells who calls by what they show: a bearer token, or a certificate.
public final class Callers {
    private static final Caller ON_THIS_MACHINE = new Caller("local", Role.OPERATE, false);

    private final @Nullable ListedCallers tokens;
    private final @Nullable ListedCallers subjects;

    private Callers(@Nullable ListedCallers tokens, @Nullable ListedCallers subjects) {
        this.tokens = tokens;
        this.subjects = subjects;
    }

    /// Everybody is whoever uses this machine, and may do everything: for a loopback address alone.
    public static Callers anybody() {
        return new Callers(null, null);
    }

    /// Those whom these files list.
    ///
    /// @param tokens   lines of a name, a role, and `sha256:` with the hash of a token in hex
    /// @param subjects lines of a name, a role, and the subject of a certificate
    /// @throws IllegalArgumentException saying which file or line is wrong, and nothing of what is in it
    public static Callers listed(Optional<Path> tokens, Optional<Path> subjects) {
        if (tokens.isEmpty() && subjects.isEmpty()) {
            throw new IllegalArgumentException("neither tokens nor subjects are listed");
        }
        return new Callers(
                tokens.map(file -> new ListedCallers(file, TokenHash::canonical)).orElse(null),
                subjects.map(file -> new ListedCallers(file, Callers::canonicalSubject)).orElse(null));
    }

    /// Whether callers have to show who they are.
    public boolean areListed() {
        return tokens != null || subjects != null;
    }

    /// Who shows this; empty if nobody knows.
    ///
    /// @param token   the bearer token that was sent, if any; one that is unknown is not made good by a certificate
    /// @param subject of the certificate that was shown and is trusted, if any
    public Optional<Caller> caller(Optional<String> token, Optional<X500Principal> subject) {
        if (!areListed()) {
            return Optional.of(ON_THIS_MACHINE);
        }
        if (token.isPresent()) {
            return tokens == null ? Optional.empty() : tokens.find(TokenHash.of(token.get()));
        }
        return subjects == null ? Optional.empty()
                : subject.flatMap(shown -> subjects.find(shown.getName(X500Principal.CANONICAL)));
    }

    private static String canonicalSubject(String written) {
        try {
            return new X500Principal(written).getName(X500Principal.CANONICAL);
        } catch (IllegalArgumentException e) { // whose message repeats what was written
            throw new IllegalArgumentException(
                    "not the subject of a certificate, such as CN=orchestrator,O=Example", e);
        }
    }
}
