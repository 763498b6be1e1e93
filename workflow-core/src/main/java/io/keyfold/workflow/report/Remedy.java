package io.keyfold.workflow.report;

import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.RefusalCode;
import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.saga.Condition;
import io.keyfold.workflow.saga.Fault;
import io.keyfold.workflow.saga.FaultCode;
import io.keyfold.workflow.saga.Finding;
import io.keyfold.workflow.saga.RepairWay;
import io.keyfold.workflow.saga.Resource;
import io.keyfold.workflow.saga.Run;
import io.keyfold.workflow.saga.RunKind;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.Standing;
import io.keyfold.workflow.saga.Step;
import io.keyfold.workflow.saga.StepState;
import io.keyfold.workflow.saga.Undo;
import io.keyfold.workflow.saga.UndoState;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What to do next, for every way in which something can go wrong. `docs/errors.md` is made from this class.
public final class Remedy {
    /// Attempts after which a deletion that is put off is told as one that a person had better look at.
    private static final int PUT_OFF_FOR_LONG = 5;

    private Remedy() {}

    /// What a person has to do about the latest run; empty if nothing.
    static String of(Saga saga, Run run) {
        String parked = parked(saga, run);
        String own = switch (run.state()) {
            case IN_PROGRESS, COMPENSATING -> then(waitedOut(run), putOff(saga));
            case COMPLETED -> run.kind() == RunKind.DEPLOY && saga.standing() == Standing.DRIFTED
                    ? "keyfold verify " + saga.cluster() + ", then with --repair"
                    : "";
            case CANCELLED -> "";
            case FAILED -> run.isRepair() ? ofAFailedRepair(saga, run)
                    : run.isImport() ? ofAFailedImport(saga, run)
                            : then(run.fault().map(fault -> mend(fault.code(), kindOf(run, fault))).orElse(""),
                                    run.isRemoval() ? "Then: " + retry(saga.cluster())
                                            : "Then: " + retry(saga.cluster())
                                                    + ", or deploy again under a new request_id.");
            case REJECTED -> "Correct the inputs and send the request again under a new request_id.";
            case COMPENSATION_FAILED, KEY_IN_USE -> "";
        };
        String all = own.isEmpty() ? parked : then(own, parked);
        return saga.isPaused() && run.state().isGoing() ? then("keyfold resume " + saga.cluster(), all) : all;
    }

    /// What is lost cannot be tried again.
    private static String ofAFailedRepair(Saga saga, Run run) {
        String mend = run.fault().map(fault -> mend(fault.code(), kindOf(run, fault))).orElse("");
        boolean isLost = run.fault().filter(fault -> fault.code() == FaultCode.KEY_LOST).isPresent();
        return isLost ? mend : then(mend, "Then: " + retry(saga.cluster()));
    }

    /// All that was missing, or could not be looked at, is told at once.
    private static String ofAFailedImport(Saga saga, Run run) {
        Set<String> steps = run.steps().stream()
                .flatMap(
                        step -> step.state() instanceof StepState.Failed(var fault)
                                ? Stream.of(
                                        fault.code() == FaultCode.NOT_FOUND ? missing(run, step)
                                                : mend(fault.code(), kind(step)))
                                : Stream.empty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        String mend = steps.isEmpty() ? run.fault().map(fault -> mend(fault.code(), Optional.empty())).orElse("")
                : String.join(" ", steps);
        return then(mend, "Then: " + retry(saga.cluster()) + ", or with other inputs: keyfold import");
    }

    /// What to do about a thing that an import has not found.
    private static String missing(Run run, Step step) {
        return switch (step.name()) {
            case KMS_INSTANCE -> "Name the instance in kms_instance_name, and see that the service ID may view it.";
            case ROOT_KEY, VSI_ROOT_KEY -> run.request().separateKeys()
                    ? "Two keys can be imported only under the names that separate_keys gives them."
                    : "Name the key in kms_key_name, and its instance in kms_instance_name.";
            case BLOCK_STORAGE_AUTHORIZATION -> unauthorized("skip_iam_block_storage_authorization_policy");
            case FILE_STORAGE_AUTHORIZATION -> unauthorized("skip_iam_share_authorization_policy");
            case OBJECT_STORAGE_AUTHORIZATION -> unauthorized("skip_kms_s2s_auth_policy");
        };
    }

    private static String unauthorized(String skipFlag) {
        return "Set " + skipFlag
                + " = true if the service is authorized otherwise, for example for all of Key Protect, or"
                + " is not used; a later deploy without it authorizes the service.";
    }

    /// The command that lets a parked run, or a parked deletion, go on.
    static String retry(ClusterId cluster) {
        return "keyfold retry " + cluster;
    }

    /// What is parked, whichever run it is of, and how it goes on.
    private static String parked(Saga saga, Run run) {
        Stream<String> deletions = saga.undos().stream().flatMap(
                undo -> undo.state() instanceof UndoState.Parked(var fault, _)
                        ? Stream.of(mendDeletion(fault.code(), undo))
                        : Stream.empty());
        Stream<String> looks = run.steps().stream().flatMap(
                step -> step.state() instanceof StepState.LookFailed(var fault)
                        ? Stream.of(mend(fault.code(), Optional.of(step.name().kind())))
                        : Stream.empty());
        Set<String> all = new LinkedHashSet<>(Stream.concat(deletions, looks).toList());
        boolean waitsForAPerson =
                saga.undos().stream().anyMatch(undo -> undo.isParked() && undo.state().dueAt().isEmpty())
                        || run.steps().stream().anyMatch(step -> step.state() instanceof StepState.LookFailed);
        return all.isEmpty() ? ""
                : String.join(" ", all) + (waitsForAPerson ? " Then: " : " It then goes on by itself; at once with: ")
                        + retry(saga.cluster());
    }

    private static String mendDeletion(FaultCode code, Undo undo) {
        return undo.resource().step().words() + " " + undo.resource().id() + ": "
                + mend(code, Optional.of(undo.resource().kind()));
    }

    /// While a fault is only waited out, what would end it sooner.
    private static String waitedOut(Run run) {
        return run.steps().stream().filter(step -> step.state() instanceof StepState.Deferred)
                .flatMap(step -> step.lastError().stream().map(fault -> mend(fault.code(), kind(step)))).findFirst()
                .orElse("");
    }

    /// What IBM Cloud does not let go of although it was asked again and again.
    private static String putOff(Saga saga) {
        Set<String> lasting = saga.undos().stream()
                .filter(undo -> undo.isDeferred() && undo.attempts() >= PUT_OFF_FOR_LONG).map(Remedy::ofPutOff)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return lasting.isEmpty() ? ""
                : String.join(" ", lasting) + " It goes on by itself, at the latest after 10 minutes each time; at once"
                        + " with: " + retry(saga.cluster());
    }

    private static String ofPutOff(Undo undo) {
        Resource resource = undo.resource();
        String mend = undo.lastError().filter(fault -> fault.code() != FaultCode.CONFLICT)
                .map(fault -> mend(fault.code(), Optional.of(resource.kind())))
                .orElseGet(
                        () -> "See what IBM Cloud's console says of it. If it stays so, ask IBM support to remove it, and name "
                                + (resource.what().crn().isEmpty() ? "its id" : "its CRN " + resource.what().crn())
                                + ".");
        return resource.step().words() + " " + resource.id() + ": asked to go " + undo.attempts()
                + " times, and still there. " + mend;
    }

    private static Optional<ResourceKind> kindOf(Run run, Fault fault) {
        return run.steps().stream()
                .filter(
                        step -> step.lastError().filter(fault::equals).isPresent()
                                || step.state() instanceof StepState.Failed(var failed) && failed.equals(fault))
                .findFirst().flatMap(Remedy::kind);
    }

    private static Optional<ResourceKind> kind(Step step) {
        return Optional.of(step.name().kind());
    }

    private static String then(String first, String second) {
        return first.isEmpty() ? second : second.isEmpty() ? first : first + " " + second;
    }

    /// What to do about something of ours that a verification found missing or changed.
    static String drift(ClusterId cluster, Finding finding, RepairWay way) {
        String verify = "keyfold verify " + cluster;
        return switch (way) {
            case MEND -> "No other is ever made in its place. To have it made usable again"
                    + (finding.condition() == Condition.MISSING ? ", if that is still possible: " : ": ") + verify
                    + " --repair";
            case MAKE_ANEW ->
                "Until it is back, the service cannot use the root key. To have it made anew: " + verify + " --repair";
            case LOST ->
                "No other is ever made in its place: restore it in IBM Cloud's console, if that is still possible."
                        + " Then: " + verify;
            case BY_A_PERSON -> finding.step().kind() == ResourceKind.AUTHORIZATION_POLICY
                    ? "Give it back what it lacks, or delete it and have it made anew: " + verify + " --repair"
                    : "Put that right in IBM Cloud's console. Then: " + verify;
        };
    }

    /// What a fault code means.
    public static String meaning(FaultCode code) {
        return switch (code) {
            case UNKNOWN -> "A reason that this version does not know.";
            case TRANSIENT -> "IBM Cloud or the network failed for a moment, and went on failing.";
            case RATE_LIMITED -> "IBM Cloud asks to send less; retried after the time it names.";
            case UNAVAILABLE -> "An IBM Cloud API does not answer, or answers with an error of its own.";
            case UNKNOWN_OUTCOME -> "A call ended without an answer and may have had its effect all the same.";
            case FORBIDDEN -> "The worker's service ID lacks a role.";
            case CREDENTIALS_REJECTED -> "IBM Cloud does not accept the worker's API key.";
            case NOT_FOUND -> "What was named does not exist, or the service ID may not see it.";
            case AMBIGUOUS_NAME -> "Several things have the name that was given; none is guessed.";
            case NAME_TAKEN ->
                "The name of what is to be created is taken by something that is not ours, or the place of"
                        + " an authorization by one that may not be delegated as asked.";
            case INVALID -> "IBM Cloud refuses the call as invalid.";
            case QUOTA_EXCEEDED -> "A limit of the account or of the instance is reached.";
            case CONFLICT -> "IBM Cloud refuses the call because of the state of the resource.";
            case KEY_IN_USE -> "Key Protect refuses to delete a root key that still protects resources.";
            case KEY_NOT_USABLE -> "The key that was named is no root key, or is not active.";
            case KEYS_REMAIN -> "The instance still has keys and so cannot be deleted.";
            case REGISTRATIONS_REMAIN ->
                "The service that was authorized has not yet let go of the instance's keys.";
            case BEING_REMOVED -> "What was named is being deleted by the cluster that created it.";
            case NEVER_READY -> "It was created and did not become ready in time.";
            case PROTOCOL -> "An answer could not be understood.";
            case DEADLINE_EXCEEDED -> "The run was not done by its deadline.";
            case CANCELLED -> "The run was cancelled, as asked.";
            case KEY_MATERIAL_UNUSABLE ->
                "The material of a key that is brought cannot be read, is not what it has to be, or fails Key Protect's check.";
            case KEY_LOST ->
                "A root key, or the instance that it lay in, is gone, and Keyfold cannot bring it back. Unless a person can,"
                        + " what is encrypted with it is unreadable.";
            case SECOND_AUTHORIZATION_NEEDED ->
                "The root key may be deleted by two identities only. The worker's has agreed, for 7 days.";
            case NOT_OURS -> "What a sweep was to delete does not carry the mark by which it would be ours; it stays.";
        };
    }

    /// What to mend, in a sentence or two; empty if nothing can be.
    ///
    /// @param kind the kind of thing concerned, where it is known
    public static String mend(FaultCode code, Optional<ResourceKind> kind) {
        return switch (code) {
            case UNKNOWN -> "Read the error. Where it does not help, quote its transaction id to IBM support.";
            case TRANSIENT, RATE_LIMITED, UNAVAILABLE ->
                "Wait until IBM Cloud answers again; https://cloud.ibm.com/status shows outages.";
            case UNKNOWN_OUTCOME ->
                "Nothing needs mending: what the call may have made is looked for and accounted for.";
            case FORBIDDEN -> "Grant the worker's service ID " + kind.map(Remedy::role)
                    .orElse("the role that the error names") + ".";
            case CREDENTIALS_REJECTED ->
                "Put a valid API key into the file of KEYFOLD_IBM_API_KEY_FILE, which the workers read by themselves, or into"
                        + " KEYFOLD_IBM_API_KEY, and start them again.";
            case NOT_FOUND -> notFound(kind);
            case AMBIGUOUS_NAME -> "Rename all but one of the things that the error lists, or remove them.";
            case NAME_TAKEN -> nameTaken(kind);
            case INVALID -> "Correct the input that IBM's message names.";
            case QUOTA_EXCEEDED -> "Remove what is no longer needed, or ask IBM support to raise the limit.";
            case CONFLICT -> "Bring the resource into a state that allows the call; IBM's message says which.";
            case KEY_IN_USE ->
                "Delete the volumes, snapshots, images, file shares and buckets that the key protects; Key Protect"
                        + " lists them as the key's associated resources.";
            case KEY_NOT_USABLE -> "Enable or restore the key, or name an active root key in kms_key_name.";
            case KEYS_REMAIN ->
                "Delete the keys that others have made in the instance, or leave it to them.";
            case REGISTRATIONS_REMAIN ->
                "Delete the resources that the instance's keys still protect; an authorization must outlive them.";
            case BEING_REMOVED -> "Wait until it is gone, or name another one.";
            case NEVER_READY ->
                "See what the IBM Cloud console says of it; raise the request's deadline if it is slow.";
            case PROTOCOL ->
                "Check that the endpoint settings point at IBM Cloud, and that nothing in between changes answers.";
            case DEADLINE_EXCEEDED ->
                "See the last error of the steps that were not done; give the request a later deadline if they are only"
                        + " slow.";
            case CANCELLED -> "";
            case KEY_MATERIAL_UNUSABLE ->
                "Put base64 text of 16, 24 or 32 bytes where key_material_reference points, see that the root-key worker may"
                        + " read it there, or correct the reference.";
            case KEY_LOST ->
                "Nothing is made in its place, and nothing was deleted. If the instance lies in reclamation (ibmcloud resource"
                        + " reclamations), restore it there within 7 days, which brings its keys back, and verify the"
                        + " cluster. Only if it is gone for good: see which data is at stake and restore that from"
                        + " backups; then deprovision the cluster and deploy it anew.";
            case SECOND_AUTHORIZATION_NEEDED ->
                "Have another identity with the service role Manager delete the key, in IBM Cloud's console or with ibmcloud kp"
                        + " key delete, within 7 days.";
            case NOT_OURS -> "Nothing: it stays. If nobody needs it, its owner deletes it.";
        };
    }

    // Key Protect docs, "Roles and permissions"; IAM docs, "Using authorizations to grant access between services".
    private static String role(ResourceKind kind) {
        return switch (kind) {
            case KMS_INSTANCE ->
                "the platform role Editor on Key Protect and Viewer on the resource group";
            case ROOT_KEY -> "the service role Manager on the Key Protect instance";
            case AUTHORIZATION_POLICY ->
                "the platform role Administrator on the Key Protect instance, and the service role Reader on it";
        };
    }

    private static String notFound(Optional<ResourceKind> kind) {
        return kind.map(known -> switch (known) {
            case KMS_INSTANCE ->
                "Correct kms_instance_name, region or kms_region, or the resource group; see that the service ID may"
                        + " view the instance.";
            case ROOT_KEY -> "Correct kms_key_name, or leave it out to have a key created.";
            case AUTHORIZATION_POLICY -> "See whether the Key Protect instance still exists.";
        }).orElse("Correct the name, or see that the service ID may view what it names.");
    }

    private static String nameTaken(Optional<ResourceKind> kind) {
        return kind.map(known -> switch (known) {
            case KMS_INSTANCE ->
                "Choose another cluster_prefix, remove the other instance, or name it in kms_instance_name to use it.";
            case ROOT_KEY ->
                "Choose another cluster_prefix, remove the other key, or name it in kms_key_name to use it.";
            case AUTHORIZATION_POLICY ->
                "Give the policy that exists the role that it lacks, remove it, or set the skip flag of this"
                        + " authorization to rely on it.";
        }).orElse("Choose another name, or name the existing thing to use it.");
    }

    /// What a refusal code means.
    public static String meaning(RefusalCode code) {
        return switch (code) {
            case INVALID_REQUEST -> "An input is not what its rule allows. All broken rules are listed together.";
            case NOT_YET_SUPPORTED -> "Understood, but a thing of a later version. It is never silently ignored.";
            case REQUEST_CONFLICT -> "A request_id that was answered before, now with another body.";
            case BUSY -> "A run of the cluster is going, or is parked and waits for a person.";
            case KEY_MISMATCH -> "The record's key is another cluster than its body.";
            case REGION_FIXED ->
                "region, kms_region or resource_group differ from those of what the cluster still lists.";
            case KEY_MATERIAL_FIXED ->
                "key_material_reference is not that of the root key that the cluster still lists.";
            case ALREADY_FINISHED -> "The control is about a run that has ended.";
            case UNKNOWN_DEPLOY -> "The control is about a deploy that this cluster does not know.";
            case ALREADY_UNDOING -> "A cancel or deprovision of what is being undone or removed already.";
            case NOTHING_TO_RETRY ->
                "A retry of a cluster of which nothing is parked and whose latest run has not failed.";
            case NOTHING_TO_REMOVE ->
                "A deprovision of a cluster of which nothing is left, or a remove where nothing is unused.";
            case NOTHING_TO_REPAIR -> "A repair where the latest verification found nothing missing or changed.";
            case NEEDS_A_PERSON -> "A repair of things that are somebody else's, or that only a person can put right.";
            case NOTHING_TO_VERIFY -> "A verify of a cluster that is not encrypted with a customer's key.";
            case DELETION_PROTECTED ->
                "A deprovision, remove or sweep that would destroy a protected root key, without the reason or the second person's agreement"
                        + " that the protection asks for.";
            case ALREADY_MANAGED -> "An import of a cluster that has resources already.";
            case ALREADY_PAUSED -> "A pause of a cluster that is paused.";
            case NOT_PAUSED -> "A resume of a cluster that is not paused.";
            case PAUSED -> "A verify, repair or sweep of a cluster that is paused.";
            case NOT_AN_ORPHAN ->
                "A sweep that names what is not this cluster's by its mark, of a run that there was not, or what its saga accounts for.";
            case UNKNOWN_ACTION -> "A control with an action that this version does not know.";
            case DUPLICATE_REQUEST -> "The same request or control was answered before; no error.";
        };
    }

    /// What to do about a refusal.
    public static String mend(RefusalCode code) {
        return switch (code) {
            case INVALID_REQUEST -> "Correct the inputs and send the request under a new request_id.";
            case NOT_YET_SUPPORTED -> "Leave the input out, or wait for a version that knows it.";
            case REQUEST_CONFLICT -> "Send the changed request under a new request_id.";
            case BUSY ->
                "Wait for the end of the run (keyfold watch CLUSTER), or end it: keyfold cancel CLUSTER, unless it removes things; a parked one"
                        + " goes on with keyfold retry CLUSTER.";
            case KEY_MISMATCH -> "Send it with the record key ACCOUNT/PREFIX.";
            case REGION_FIXED -> "Keep them as they are, or deploy under another cluster_prefix.";
            case KEY_MATERIAL_FIXED ->
                "Leave it out to go on using the key. Other material is another key: another cluster_prefix, or deprovision first.";
            case ALREADY_FINISHED -> "Nothing: keyfold status CLUSTER says how it ended.";
            case UNKNOWN_DEPLOY -> "Name the request_id of the deploy: keyfold status CLUSTER shows the latest.";
            case ALREADY_UNDOING -> "Wait for its end: keyfold watch CLUSTER.";
            case NOTHING_TO_RETRY -> "Nothing: keyfold status CLUSTER says how it stands.";
            case NOTHING_TO_REMOVE -> "Nothing: keyfold status CLUSTER says how it stands.";
            case NOTHING_TO_REPAIR -> "Look anew: keyfold verify CLUSTER.";
            case NEEDS_A_PERSON -> "Do what keyfold status CLUSTER says of each finding, then: keyfold verify CLUSTER.";
            case NOTHING_TO_VERIFY -> "Nothing: keyfold status CLUSTER says how it stands.";
            case DELETION_PROTECTED ->
                "See that nothing needs the data any more, then send it again with --reason WHY, and"
                        + " --approved-by WHO where a second person's agreement is wanted.";
            case ALREADY_MANAGED ->
                "keyfold deploy changes it. If all that keyfold status CLUSTER lists is ADOPTED, keyfold deprovision CLUSTER"
                        + " lets go of it and deletes nothing; then it can be imported again.";
            case ALREADY_PAUSED, PAUSED ->
                "keyfold resume CLUSTER lifts the pause; keyfold status CLUSTER says whose it is.";
            case NOT_PAUSED -> "Nothing: keyfold status CLUSTER says how it stands.";
            case NOT_AN_ORPHAN -> "Look anew: keyfold sweep.";
            case UNKNOWN_ACTION ->
                "Send CANCEL, DEPROVISION, IMPORT, PAUSE, REMOVE, REPAIR, RESUME, RETRY, SWEEP or VERIFY, or use a workflow that knows the action.";
            case DUPLICATE_REQUEST -> "Nothing; to have it done again, send it under a new id.";
        };
    }
}
