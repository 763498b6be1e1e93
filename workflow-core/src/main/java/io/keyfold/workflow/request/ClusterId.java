package io.keyfold.workflow.request;

import java.util.Optional;
import java.util.regex.Pattern;

/// A cluster's identity and its record key: `<account>/<cluster_prefix>`.
///
/// Only the shape is checked here, so that a request with a bad prefix can still be answered under its own key; the
/// rules for the prefix itself are in [RequestRules].
public record ClusterId(String account, String clusterPrefix) {
    /// Longest key accepted, in characters; far above any valid one.
    public static final int MAX_LENGTH = 128;

    private static final Pattern SHAPE = Pattern.compile("([!-.0-~]+)/([!-.0-~]+)");

    public ClusterId {
        String key = account + "/" + clusterPrefix;
        if (key.length() > MAX_LENGTH || !SHAPE.matcher(key).matches()) {
            throw new IllegalArgumentException("Not <account>/<cluster_prefix> in printable ASCII, at most "
                    + MAX_LENGTH + " characters long");
        }
    }

    /// The cluster of a record key, or empty if the key has not the shape of one.
    public static Optional<ClusterId> parse(String key) {
        if (key.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        var matcher = SHAPE.matcher(key);
        return matcher.matches() ? Optional.of(new ClusterId(matcher.group(1), matcher.group(2))) : Optional.empty();
    }

    /// The record key.
    @Override
    public String toString() {
        return account + "/" + clusterPrefix;
    }
}
