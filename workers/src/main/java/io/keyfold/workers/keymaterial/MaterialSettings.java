package io.keyfold.workers.keymaterial;

import io.keyfold.workers.ibmcloud.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// What the operator of a root-key worker offers to requests as material.
///
/// @param directory where `file:` references lie
/// @param vault     where `vault:` references lie
/// @param connectTimeout to have a connection to the vault
/// @param callTimeout    for one call to it as a whole
public record MaterialSettings(
        Optional<Path> directory, Optional<Vault> vault, Duration connectTimeout, Duration callTimeout) {

    /// @param url   a secrets engine of the kind KV version 2, and a path in it if wanted: `https://host:8200/v1/secret/data/keyfold`
    /// @param token sent to it and to no other address
    public record Vault(URI url, Secret token) {
        public Vault {
            String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
            String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
            boolean isPlain = scheme.equals("http") && isLoopback(host);
            if (host.isEmpty() || !(scheme.equals("https") || isPlain) || url.getRawUserInfo() != null
                    || url.getRawQuery() != null || url.getRawFragment() != null) {
                throw new IllegalArgumentException(
                        "the URL of the vault must be https://host[:port]/path, or http on this very machine, with nothing"
                                + " after it");
            }
            // What a header takes: of anything else the HTTP client says "invalid", and shows it.
            if (!token.value().chars().allMatch(character -> character > ' ' && character < 127)) {
                throw new IllegalArgumentException(
                        "the token of the vault (material.vault.token) has a character that is not visible ASCII: a blank, a"
                                + " line's end or a letter with an accent");
            }
        }

        private static boolean isLoopback(String host) {
            return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
        }
    }
}
