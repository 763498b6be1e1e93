package io.keyfold.emulator.keyprotect;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A key in an instance.
///
/// @param payload of a standard (extractable) key only
/// @param visibleFrom before that it cannot be read yet
record Key(String id, String crn, boolean extractable, boolean imported, Optional<String> payload, Instant created,
        String createdBy, Instant visibleFrom, Labels labels, Life life, List<Version> versions, Guard guard) {

    static final int ACTIVE = 1;
    static final int SUSPENDED = 2;
    static final int DEACTIVATED = 3;
    static final int DESTROYED = 5;

    record Labels(String name, String description, List<String> aliases, String ring, Optional<Instant> expires) {
        Labels {
            aliases = List.copyOf(aliases);
        }
    }

    /// @param since when it came into the state
    record Life(int state, Instant since, String by) {}

    record Version(String id, Instant created) {}

    /// Deletion by two people.
    ///
    /// @param agreedBy who has set the key for deletion
    record Guard(boolean dualAuthorization, Optional<String> agreedBy, Optional<Instant> agreedAt) {

        /// After seven days an agreement means nothing any more.
        Optional<Instant> agreedUntil(Instant now) {
            return agreedAt.map(at -> at.plus(Duration.ofDays(7))).filter(now::isBefore);
        }
    }

    Key {
        versions = List.copyOf(versions);
    }

    /// The state that Key Protect shows: an expired key is deactivated.
    int state(Instant now) {
        boolean expired = labels.expires.map(expires -> !now.isBefore(expires)).orElse(false);
        return life.state == ACTIVE && expired ? DEACTIVATED : life.state;
    }

    boolean isDestroyed() {
        return life.state == DESTROYED;
    }

    Version newest() {
        return versions.getFirst();
    }

    Key with(Labels changed) {
        return new Key(id, crn, extractable, imported, payload, created, createdBy, visibleFrom, changed, life,
                versions, guard);
    }

    Key with(Life changed) {
        return new Key(id, crn, extractable, imported, payload, created, createdBy, visibleFrom, labels, changed,
                versions, guard);
    }

    Key with(List<Version> changed) {
        return new Key(id, crn, extractable, imported, payload, created, createdBy, visibleFrom, labels, life, changed,
                guard);
    }

    Key with(Guard changed) {
        return new Key(id, crn, extractable, imported, payload, created, createdBy, visibleFrom, labels, life, versions,
                changed);
    }
}
