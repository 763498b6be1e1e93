package io.keyfold.workers.step;

/// Carries out the commands for one kind of resource: look it up, decide, act once, look again.
///
/// @param <T> what its commands are about
@FunctionalInterface
public interface Worker<T> {
    /// Called for RESOLVE, PROVISION, COMPENSATE and VERIFY, and for root keys also for REPAIR; the last three with an
    /// expected id.
    ///
    /// Every call to IBM Cloud goes through the turn. Its faults are left to [StepRunner], where they mean nothing in
    /// particular to this kind of resource.
    Outcome carryOut(Command command, T target, Turn turn);
}
