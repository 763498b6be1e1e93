package io.keyfold.schemas;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Who takes part in an installation, and so has a principal of its own in a secured Kafka: each service, and the three
/// kinds of people and programs around them.
public enum Party {
    WORKFLOW("workflow", "workflow"),
    KMS_INSTANCE_WORKER("worker-kms-instance", "KMS-instance worker"),
    ROOT_KEY_WORKER("worker-root-key", "root-key worker"),
    AUTHORIZATION_WORKER("worker-authorization", "authorization worker"),

    /// Asks for clusters' encryption and follows what becomes of it.
    ORCHESTRATOR("orchestrator", "orchestrators"),

    /// Asks, controls, pauses, and looks at everything that tells how it stands.
    OPERATOR("operator", "operators"),

    /// Reads everything and writes nothing.
    AUDITOR("auditor", "auditors"),

    /// Makes the topics, and neither reads nor writes them.
    INSTALLER("installer", "installers");

    /// The services that act in the cloud.
    public static final Set<Party> WORKERS = Collections.unmodifiableSet(
            EnumSet.of(KMS_INSTANCE_WORKER, ROOT_KEY_WORKER, AUTHORIZATION_WORKER));

    private static final String WORKER = "worker-";

    private final String id;
    private final String words;

    Party(String id, String words) {
        this.id = id;
        this.words = words;
    }

    /// As it is named in settings and principals: `worker-root-key`.
    public String id() {
        return id;
    }

    /// As the commands name what it runs: `root-key`.
    public String service() {
        return id.startsWith(WORKER) ? id.substring(WORKER.length()) : id;
    }

    /// As a sentence names it.
    public String words() {
        return words;
    }

    /// The user that it logs in as where nothing else was said: `keyfold-worker-root-key`.
    public String user() {
        return "keyfold-" + id;
    }

    /// The party with this [#id()].
    public static Optional<Party> named(String id) {
        return Arrays.stream(values()).filter(party -> party.id.equals(id)).findFirst();
    }

    /// Every [#id()], with commas between.
    public static String ids() {
        return Arrays.stream(values()).map(Party::id).collect(Collectors.joining(", "));
    }
}
