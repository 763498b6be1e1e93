package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.ClusterId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// All that the workflow knows of one cluster.
///
/// @param revision      revision of the last status published; grows by one with each
/// @param auditSequence number of audit records written
/// @param runs          number of the latest run
/// @param resources     every cloud resource of the cluster: in use, retained or unused
/// @param undos         deletions under way or parked
/// @param seenRequests  the last 16 deploy requests answered, oldest first
/// @param seenControls  the last 16 control ids answered, oldest first
/// @param cancelledInAdvance request ids of cancels that came before their deploy, the last 16
/// @param removalAsked  a deprovision that begins when the going run has ended
/// @param verification  whether what is in force is still as it should be
/// @param pause         until it is lifted, nothing is asked of workers or ledger
/// @param auditHash     hash of the last audit record written, in hexadecimal; empty if none was written or hashed yet
/// @param lookouts      what may have been made without anybody having seen it
/// @param trace         where the going run stands in its trace, as the rim writes it; empty if it is in none. No fold reads it
public record Saga(
        ClusterId cluster,
        long revision,
        long auditSequence,
        Standing standing,
        Optional<Instant> standingSince,
        Optional<InForce> inForce,
        int runs,
        Optional<Run> lastRun,
        List<Resource> resources,
        List<Undo> undos,
        List<SeenRequest> seenRequests,
        List<String> seenControls,
        List<String> cancelledInAdvance,
        Optional<Removal> removalAsked,
        Verification verification,
        Optional<Pause> pause,
        String auditHash,
        List<Lookout> lookouts,
        String trace) {
    public Saga {
        // An earlier version has written none.
        verification = Objects.requireNonNullElse(verification, Verification.NONE);
        resources = List.copyOf(resources);
        undos = List.copyOf(undos);
        seenRequests = List.copyOf(seenRequests);
        seenControls = List.copyOf(seenControls);
        cancelledInAdvance = List.copyOf(cancelledInAdvance);
        lookouts = List.copyOf(lookouts);
    }

    /// A cluster of which nothing is known yet.
    public static Saga unknown(ClusterId cluster) {
        return new Saga(
                cluster,
                0,
                0,
                Standing.NONE,
                Optional.empty(),
                Optional.empty(),
                0,
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Verification.NONE,
                Optional.empty(),
                "",
                List.of(),
                "");
    }

    /// The listed resource with this id.
    public Optional<Resource> resource(String id) {
        return resources.stream().filter(resource -> resource.id().equals(id)).findFirst();
    }

    /// Whether nothing is in force, nothing is listed and nothing of ours waits for its deletion.
    boolean isEmpty() {
        return inForce.isEmpty() && resources.isEmpty() && onTheirWayOut().isEmpty();
    }

    /// What is ours and on no list, since it was made too late or once too often: its deletion is under way or parked.
    List<Resource> onTheirWayOut() {
        return undos.stream().filter(undo -> !undo.isSwept()).map(Undo::resource)
                .filter(resource -> resource(resource.id()).isEmpty()).toList();
    }

    /// Whether the ledger will be asked again if it may be deleted: it is retained, and not being deleted already.
    boolean isAskedAgain(Resource resource) {
        return resource.ownership() == Ownership.RETAINED
                && undos.stream().noneMatch(undo -> undo.resource().id().equals(resource.id()));
    }

    /// The run that occupies the cluster.
    public Optional<Run> goingRun() {
        return lastRun.filter(run -> run.state().isGoing());
    }

    public Saga counted(long revision, long auditSequence) {
        return new Saga(cluster, revision, auditSequence, standing, standingSince, inForce, runs, lastRun, resources,
                undos, seenRequests, seenControls, cancelledInAdvance, removalAsked, verification, pause, auditHash,
                lookouts, trace);
    }

    public Saga withAuditHash(String auditHash) {
        return new Saga(cluster, revision, auditSequence, standing, standingSince, inForce, runs, lastRun, resources,
                undos, seenRequests, seenControls, cancelledInAdvance, removalAsked, verification, pause, auditHash,
                lookouts, trace);
    }

    public Saga withTrace(String trace) {
        return trace.equals(this.trace) ? this
                : new Saga(cluster, revision, auditSequence, standing, standingSince, inForce, runs, lastRun, resources,
                        undos, seenRequests, seenControls, cancelledInAdvance, removalAsked, verification, pause,
                        auditHash, lookouts, trace);
    }

    Saga standing(Standing standing, Instant since, InForce inForce) {
        return new Saga(cluster, revision, auditSequence, standing, Optional.of(since), Optional.of(inForce), runs,
                lastRun, resources, undos, seenRequests, seenControls, cancelledInAdvance, removalAsked, verification,
                pause, auditHash, lookouts, trace);
    }

    Saga with(Run run) {
        return new Saga(cluster, revision, auditSequence, standing, standingSince, inForce,
                Math.max(runs, run.number()), Optional.of(run), resources, undos, seenRequests, seenControls,
                cancelledInAdvance, removalAsked, verification, pause, auditHash, lookouts, trace);
    }

    Saga withResources(List<Resource> resources) {
        return new Saga(cluster, revision, auditSequence, standing, standingSince, inForce, runs, lastRun, resources,
                undos, seenRequests, seenControls, cancelledInAdvance, removalAsked, verification, pause, auditHash,
                lookouts, trace);
    }

    Saga withUndos(List<Undo> undos) {
        return new Saga(cluster, revision, auditSequence, standing, standingSince, inForce, runs, lastRun, resources,
                undos, seenRequests, seenControls, cancelledInAdvance, removalAsked, verification, pause, auditHash,
                lookouts, trace);
    }

    Saga remembering(List<SeenRequest> seenRequests, List<String> seenControls, List<String> cancelledInAdvance) {
        return new Saga(cluster, revision, auditSequence, standing, standingSince, inForce, runs, lastRun, resources,
                undos, seenRequests, seenControls, cancelledInAdvance, removalAsked, verification, pause, auditHash,
                lookouts, trace);
    }

    /// Nothing is in force any more.
    Saga deprovisioned(Instant since) {
        return new Saga(cluster, revision, auditSequence, Standing.DEPROVISIONED, Optional.of(since), Optional.empty(),
                runs, lastRun, resources, undos, seenRequests, seenControls, cancelledInAdvance, removalAsked,
                verification, pause, auditHash, lookouts, trace);
    }

    Saga askedToRemove(Optional<Removal> removal) {
        return new Saga(cluster, revision, auditSequence, standing, standingSince, inForce, runs, lastRun, resources,
                undos, seenRequests, seenControls, cancelledInAdvance, removal, verification, pause, auditHash,
                lookouts, trace);
    }

    Saga with(Verification verification) {
        return new Saga(cluster, revision, auditSequence, standing, standingSince, inForce, runs, lastRun, resources,
                undos, seenRequests, seenControls, cancelledInAdvance, removalAsked, verification, pause, auditHash,
                lookouts, trace);
    }

    Saga paused(Optional<Pause> pause) {
        return new Saga(cluster, revision, auditSequence, standing, standingSince, inForce, runs, lastRun, resources,
                undos, seenRequests, seenControls, cancelledInAdvance, removalAsked, verification, pause, auditHash,
                lookouts, trace);
    }

    Saga looking(List<Lookout> lookouts) {
        return new Saga(cluster, revision, auditSequence, standing, standingSince, inForce, runs, lastRun, resources,
                undos, seenRequests, seenControls, cancelledInAdvance, removalAsked, verification, pause, auditHash,
                lookouts, trace);
    }

    /// Whether nothing is to be asked of workers or ledger.
    public boolean isPaused() {
        return pause.isPresent();
    }

    /// What is in force and can be looked at: encryption with a customer's key.
    Optional<InForce> verifiable() {
        return inForce.filter(held -> !held.uses().isEmpty() && !held.request().isProviderManaged());
    }

    /// Whether, at this interval, it is to be looked at at another moment than the one that it knows; then it wants to be
    /// woken.
    public boolean isScheduledOtherwise(Duration interval, Instant now) {
        return !Schedule.next(this, interval, now).equals(verification.nextLook());
    }

    /// Whether a status made of the other saga would say the same.
    boolean showsTheSameAs(Saga other) {
        return standing == other.standing && standingSince.equals(other.standingSince) && inForce.equals(other.inForce)
                && lastRun.equals(other.lastRun) && resources.equals(other.resources) && undos.equals(other.undos)
                && verification.showsTheSameAs(other.verification) && pause.equals(other.pause);
    }

    /// When the saga next wants to be woken by [SagaEvent.TimePassed]: its run's or check's deadline, the end of a
    /// deferral or the schedule's next look, whichever comes first.
    public Optional<Instant> nextWakeUp() {
        return WakeUp.next(this);
    }
}
