package io.keyfold.schemas;

import static io.keyfold.schemas.Party.AUDITOR;
import static io.keyfold.schemas.Party.AUTHORIZATION_WORKER;
import static io.keyfold.schemas.Party.KMS_INSTANCE_WORKER;
import static io.keyfold.schemas.Party.OPERATOR;
import static io.keyfold.schemas.Party.ORCHESTRATOR;
import static io.keyfold.schemas.Party.ROOT_KEY_WORKER;
import static io.keyfold.schemas.Party.WORKFLOW;

import io.keyfold.contract.AuthorizationCommand;
import io.keyfold.contract.AuthorizationEvent;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.KmsInstanceCommand;
import io.keyfold.contract.KmsInstanceEvent;
import io.keyfold.contract.LedgerReply;
import io.keyfold.contract.LedgerRequest;
import io.keyfold.contract.MisplacedRequest;
import io.keyfold.contract.RootKeyCommand;
import io.keyfold.contract.RootKeyEvent;
import io.keyfold.contract.WorkerControl;
import io.keyfold.contract.WorkerStatus;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;

/// Every topic there is: the one catalogue for code, for creating the topics and for the documents.
public final class Topics {
    /// How many partitions each topic gets unless asked otherwise. Fixed once the topics exist: it bounds the copies of
    /// a process that share the work, and more of them later is a migration.
    public static final int DEFAULT_PARTITIONS = 24;

    /// Kafka's own default.
    private static final int ONE_MEGABYTE = 1_048_588;

    /// A record of the largest usual size still fits after it was wrapped with its key, headers and origin.
    private static final int FOUR_MEGABYTES = 4 * 1_048_576;

    private static final String CLUSTER_ID = "cluster_id: `<account>/<cluster_prefix>`";
    private static final String WORKER = "`<account>/<worker>`";
    private static final String INSTANCE = "`<account>/<instance GUID>`";

    /// Who may read what: everybody only what they act upon, but for the auditors, who compare everything.
    private static final Set<Party> OF_WORKFLOW = Set.of(WORKFLOW, AUDITOR);

    private static final Set<Party> OUTCOME = Set.of(ORCHESTRATOR, OPERATOR, AUDITOR);

    public static final Topic<ClusterDeployRequested> CLUSTER_DEPLOY_REQUESTED = kept(
            "cluster-deploy-requested", CLUSTER_ID, ClusterDeployRequested.class,
            Set.of(ORCHESTRATOR, OPERATOR), OF_WORKFLOW, days(30));

    public static final Topic<ClusterControlRequested> CLUSTER_CONTROL_REQUESTED = kept(
            "cluster-control-requested", CLUSTER_ID, ClusterControlRequested.class,
            Set.of(ORCHESTRATOR, OPERATOR), OF_WORKFLOW, days(30));

    public static final Topic<KmsInstanceCommand> KMS_INSTANCE_COMMANDS = kept(
            "kms-instance-commands", CLUSTER_ID, KmsInstanceCommand.class,
            Set.of(WORKFLOW), Set.of(KMS_INSTANCE_WORKER, AUDITOR), days(7));

    public static final Topic<RootKeyCommand> ROOT_KEY_COMMANDS = kept(
            "root-key-commands", CLUSTER_ID, RootKeyCommand.class,
            Set.of(WORKFLOW), Set.of(ROOT_KEY_WORKER, AUDITOR), days(7));

    public static final Topic<AuthorizationCommand> AUTHORIZATION_COMMANDS = kept(
            "authorization-commands", CLUSTER_ID, AuthorizationCommand.class,
            Set.of(WORKFLOW), Set.of(AUTHORIZATION_WORKER, AUDITOR), days(7));

    public static final Topic<KmsInstanceEvent> KMS_INSTANCE_EVENTS = kept(
            "kms-instance-events", CLUSTER_ID, KmsInstanceEvent.class,
            Set.of(KMS_INSTANCE_WORKER), OF_WORKFLOW, days(30));

    public static final Topic<RootKeyEvent> ROOT_KEY_EVENTS = kept(
            "root-key-events", CLUSTER_ID, RootKeyEvent.class,
            Set.of(ROOT_KEY_WORKER), OF_WORKFLOW, days(30));

    public static final Topic<AuthorizationEvent> AUTHORIZATION_EVENTS = kept(
            "authorization-events", CLUSTER_ID, AuthorizationEvent.class,
            Set.of(AUTHORIZATION_WORKER), OF_WORKFLOW, days(30));

    public static final Topic<LedgerRequest> LEDGER_REQUESTS = kept(
            "keyfold-ledger-requests", INSTANCE, LedgerRequest.class, Set.of(WORKFLOW), OF_WORKFLOW, days(30));

    public static final Topic<LedgerReply> LEDGER_REPLIES = kept(
            "keyfold-ledger-replies", CLUSTER_ID, LedgerReply.class, Set.of(WORKFLOW), OF_WORKFLOW, days(30));

    public static final Topic<MisplacedRequest> MISPLACED_REQUESTS = new Topic<>(
            "keyfold-misplaced-requests",
            CLUSTER_ID,
            MisplacedRequest.class,
            Set.of(WORKFLOW),
            OF_WORKFLOW,
            Cleanup.DELETE,
            Optional.of(days(30)),
            FOUR_MEGABYTES);

    public static final Topic<WorkerControl> WORKER_CONTROL = compacted(
            "keyfold-worker-control", WORKER, WorkerControl.class, Set.of(OPERATOR),
            and(Party.WORKERS, OPERATOR, AUDITOR));

    public static final Topic<WorkerStatus> WORKER_STATUS = compacted(
            "keyfold-worker-status", WORKER, WorkerStatus.class, Party.WORKERS, and(Party.WORKERS, OPERATOR, AUDITOR));

    public static final Topic<ClusterEncryptionStatus> CLUSTER_ENCRYPTION_STATUS = compacted(
            "cluster-encryption-status", CLUSTER_ID, ClusterEncryptionStatus.class, Set.of(WORKFLOW), OUTCOME);

    public static final Topic<ClusterEncryptionAudit> CLUSTER_ENCRYPTION_AUDIT = new Topic<>(
            "cluster-encryption-audit",
            CLUSTER_ID,
            ClusterEncryptionAudit.class,
            Set.of(WORKFLOW),
            OUTCOME,
            Cleanup.DELETE,
            Optional.empty(),
            ONE_MEGABYTE);

    public static final Topic<DeadLetter> DEAD_LETTERS = new Topic<>(
            "keyfold-dead-letters",
            "the original key's bytes, whatever they are",
            DeadLetter.class,
            and(Party.WORKERS, WORKFLOW, OPERATOR), // who replays one writes there that it was
            Set.of(OPERATOR, AUDITOR),
            Cleanup.DELETE,
            Optional.of(days(90)),
            FOUR_MEGABYTES);

    /// All of them, in the order of the documents.
    public static final List<Topic<?>> ALL = List.of(
            CLUSTER_DEPLOY_REQUESTED,
            CLUSTER_CONTROL_REQUESTED,
            KMS_INSTANCE_COMMANDS,
            ROOT_KEY_COMMANDS,
            AUTHORIZATION_COMMANDS,
            KMS_INSTANCE_EVENTS,
            ROOT_KEY_EVENTS,
            AUTHORIZATION_EVENTS,
            LEDGER_REQUESTS,
            LEDGER_REPLIES,
            MISPLACED_REQUESTS,
            WORKER_CONTROL,
            WORKER_STATUS,
            CLUSTER_ENCRYPTION_STATUS,
            CLUSTER_ENCRYPTION_AUDIT,
            DEAD_LETTERS);

    /// What is asked for.
    public static final List<Topic<? extends SpecificRecord>> REQUESTS =
            List.of(CLUSTER_DEPLOY_REQUESTED, CLUSTER_CONTROL_REQUESTED);

    /// What the workers are told to do.
    public static final List<Topic<? extends SpecificRecord>> COMMANDS =
            List.of(KMS_INSTANCE_COMMANDS, ROOT_KEY_COMMANDS, AUTHORIZATION_COMMANDS);

    /// What the workers answer.
    public static final List<Topic<? extends SpecificRecord>> ANSWERS =
            List.of(KMS_INSTANCE_EVENTS, ROOT_KEY_EVENTS, AUTHORIZATION_EVENTS);

    /// What the saga's processor reads. They must have equally many partitions, or one cluster's records would meet in
    /// different tasks.
    public static final List<Topic<?>> SAGA_SOURCES = List.of(
            CLUSTER_DEPLOY_REQUESTED,
            CLUSTER_CONTROL_REQUESTED,
            KMS_INSTANCE_EVENTS,
            ROOT_KEY_EVENTS,
            AUTHORIZATION_EVENTS,
            LEDGER_REPLIES,
            MISPLACED_REQUESTS);

    private Topics() {}

    private static <T extends SpecificRecord> Topic<T> kept(
            String name, String key, Class<T> recordClass, Set<Party> writers, Set<Party> readers,
            Duration retention) {
        return new Topic<>(
                name, key, recordClass, writers, readers, Cleanup.DELETE, Optional.of(retention), ONE_MEGABYTE);
    }

    private static <T extends SpecificRecord> Topic<T> compacted(
            String name, String key, Class<T> recordClass, Set<Party> writers, Set<Party> readers) {
        return new Topic<>(name, key, recordClass, writers, readers, Cleanup.COMPACT, Optional.empty(), ONE_MEGABYTE);
    }

    private static Set<Party> and(Set<Party> some, Party... others) {
        EnumSet<Party> all = EnumSet.copyOf(some);
        all.addAll(Set.of(others));
        return all;
    }

    private static Duration days(int days) {
        return Duration.ofDays(days);
    }
}
