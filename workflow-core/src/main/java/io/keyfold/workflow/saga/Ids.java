package io.keyfold.workflow.saga;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// Ids that are derived, not drawn: the same decision always has the same ids, whoever makes it and however often.
final class Ids {
    private Ids() {}

    /// A name-based UUID (RFC 9562, version 3) of the parts.
    static UUID of(Object... parts) {
        var name = new StringBuilder("keyfold");
        for (Object part : parts) {
            name.append('\n').append(part);
        }
        return UUID.nameUUIDFromBytes(name.toString().getBytes(StandardCharsets.UTF_8));
    }
}
