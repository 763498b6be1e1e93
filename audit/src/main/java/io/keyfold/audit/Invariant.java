package io.keyfold.audit;

import static io.keyfold.audit.Invariant.Needs.AN_END;
import static io.keyfold.audit.Invariant.Needs.BROKER;
import static io.keyfold.audit.Invariant.Needs.CALLS;
import static io.keyfold.audit.Invariant.Needs.CLOUD;
import static io.keyfold.audit.Invariant.Needs.REST;
import static io.keyfold.audit.Invariant.Needs.TOPICS;

/// What the auditor looks for.
public enum Invariant {
    EACH_REQUEST_IS_ANSWERED_ONCE(
            TOPICS, "Each request has one answer, in the audit or as a dead letter, however often it was read.",
            "Look at the request's record. Unanswered: keyfold doctor says whether the workflow works."
                    + " Answered twice: report it, with the cluster's audit"),
    AUDIT_HAS_NO_GAP(
            TOPICS, "The audit of a cluster counts by one, without a gap and without a repetition.",
            "Only the workflow may write cluster-encryption-audit, and nobody may delete from it: look who could"),
    AUDIT_IS_SEALED(
            TOPICS, "Each record of the audit seals the cluster's record before it: `previous_hash` is its hash.",
            "A record is not what the workflow wrote: look who may write cluster-encryption-audit, and compare with a copy"),
    AUDIT_NAMES_ITS_CAUSE(
            TOPICS, "What the audit says that a request has caused was caused by a request of that cluster, and each audit"
                    + " begins with a cause.",
            "The workflow has not written that record: look who may write cluster-encryption-audit"),
    EACH_RECORD_CAN_BE_READ(
            TOPICS, "Each record can be read with its schema, or is a dead letter.",
            "Look who else may write that topic, and whether the registry still has all schemas: keyfold topics verify"),
    REVISIONS_GROW(
            TOPICS, "The revisions of a cluster's statuses grow, those of its audit never fall, and the last are the same.",
            "Only the workflow may write status and audit: look who else could. Else report it, with the cluster's audit"),
    STATUS_TELLS_WHAT_THE_AUDIT_TELLS(
            TOPICS, "The latest run stands in the status as the audit says that it went.",
            "Only the workflow may write status and audit: look who else could. Else report it, with the cluster's audit"),
    EACH_RUN_HAS_ONE_END(
            TOPICS, "Each run begins once and has one end, begins no step after it, and does not come back from it.",
            "Report it, with the cluster's audit"),
    NO_REQUEST_RUNS_TWICE(
            TOPICS, "No deploy begins more than one run, however often it was sent.", "Report it, with the cluster's audit"),
    RUNS_DO_NOT_MIX(
            TOPICS, "The numbers of a cluster's runs never fall, and no run deletes what a later one has made.",
            "Report it, with the cluster's audit"),
    NO_RUN_OUTLIVES_ITS_DEADLINE(
            TOPICS, "A run that is past its deadline is being undone, unless it is paused.",
            "keyfold doctor says whether the workflow works; keyfold cancel undoes the run"),
    A_FAILED_RUN_LEAVES_NOTHING(
            TOPICS, "What a run has made is not in use after the run has failed or was cancelled.",
            "Report it, with the cluster's audit; keyfold remove deletes what is not used"),
    ALL_IS_AT_REST(REST, "Nothing goes on when all is quiet.", "keyfold status says what is going on"),
    NO_COMMAND_TWICE(
            TOPICS, "No command is sent twice: whatever is read again changes nothing.",
            "Report it, with the two records"),
    EACH_COMMAND_IS_ANSWERED(
            TOPICS, "Each command that a worker has done with is answered.",
            "The saga asks again by itself. Report it, with the worker's log"),
    DEAD_LETTERS_NAME_THEIR_ORIGIN(
            TOPICS, "Each dead letter says where its record lay, and no request becomes two of them.",
            "Only Keyfold may write keyfold-dead-letters: look who else could"),
    NO_TRANSACTION_HANGS(
            BROKER, "No transaction stays open for more than a minute: it would hold up all who read committed records.",
            "kafka-transactions.sh abort, with topic, partition and start offset; then look whose producer it was"),
    ALL_IS_READ(
            BROKER, "Commands that wait have a worker's process that reads them.",
            "Start it: keyfold worker"),
    NO_EFFECT_WITHOUT_COMMAND(
            CALLS, "What is made or deleted was ordered before.",
            "Somebody else uses the workers' API key, or report it"),
    WHAT_IS_MADE_IS_TOLD(
            CALLS, "Whoever makes something tells the saga of it.", "keyfold sweep finds what nobody answers for"),
    WHAT_IS_MADE_IS_MARKED(
            CALLS, "Each key and authorization that is made carries a mark.",
            "Somebody else uses the workers' API key, or report it"),
    NOTHING_OF_OTHERS_IS_DELETED(
            CALLS, "Only what Keyfold has made is deleted; all else is there as it was.",
            "Somebody else uses the workers' API key, or report it"),
    NOTHING_HELD_IS_DELETED(
            TOPICS, "What a cluster holds is not deleted by another one, and what is being deleted is granted to nobody.",
            "keyfold verify says what is missing; report it"),
    NOTHING_IS_DOUBLED(
            CLOUD, "There are no two living things for one purpose of one run, and no two in use for one step of a cluster.",
            "keyfold sweep finds what nobody answers for"),
    STATUS_AND_CLOUD_AGREE(
            CLOUD, "What statuses list is there, and what is there and ours is listed by one of them.",
            "Missing: keyfold verify CLUSTER, then verify --repair. Listed by nobody: keyfold sweep"),
    WHAT_IS_USED_CAN_BE_USED(
            CLOUD, "Instance and root keys in use are active.",
            "keyfold verify CLUSTER says more; keyfold verify CLUSTER --repair makes a key of ours usable again"),
    NOTHING_IS_LEFT_BEHIND(AN_END, "Once all clusters are removed nothing of ours is left.", "keyfold sweep");

    /// What has to be known, or to be so, for an invariant to be checked.
    public enum Needs {
        TOPICS("the topics"),
        BROKER("the broker's own records"),
        CLOUD("the cloud"),
        /// Of the emulator only.
        CALLS("the emulator's ledger of calls"),
        REST("an installation at rest"),
        AN_END("an installation whose clusters are all removed");

        private final String words;

        Needs(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    private final Needs needs;
    private final String says;
    private final String remedy;

    Invariant(Needs needs, String says, String remedy) {
        this.needs = needs;
        this.says = says;
        this.remedy = remedy;
    }

    public Needs needs() {
        return needs;
    }

    /// The invariant in a sentence.
    public String says() {
        return says;
    }

    /// What to do about a violation, without a stop.
    public String remedy() {
        return remedy;
    }
}
