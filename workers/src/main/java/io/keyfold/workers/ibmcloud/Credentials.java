package io.keyfold.workers.ibmcloud;

import java.nio.file.Path;
import java.util.Optional;

/// What we show IAM to be given a token.
public sealed interface Credentials {
    /// An API key that stays what it is until the process ends.
    record ApiKey(Secret key) implements Credentials {}

    /// An API key in a file that is read anew for each token: who rotates the key changes the file and restarts nothing.
    record ApiKeyFile(Path file) implements Credentials {}

    /// A trusted profile that is linked to the container we run in, whose own token is in a file that Kubernetes or Code
    /// Engine replaces every hour or so; it is read anew for each token, too.
    ///
    /// @param tokenFile empty for the places where IBM's containers have it
    record TrustedProfile(Profile profile, Optional<Path> tokenFile) implements Credentials {}

    /// Which trusted profile it is: by its id, or by its name in the account that the container is in.
    sealed interface Profile {
        record Id(String id) implements Profile {}

        record Name(String name) implements Profile {}
    }
}
