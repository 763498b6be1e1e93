package io.keyfold.workers.delivery;

import io.keyfold.contract.WorkerKind;
import io.keyfold.contract.WorkerState;
import io.keyfold.contract.WorkerStatus;
import io.keyfold.workers.step.Circuit;
import io.keyfold.workers.step.Gate;
import io.keyfold.workers.step.Wording;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/// What one process has to tell of its worker kind, given what was told last by any of them. Pure.
///
/// All processes of a kind share one record. A pause holds for all of them. Of the circuits, one that is open is told, and
/// told again by whoever has it open and reads that all is well; who has it closed says so when a call of its own was
/// answered, but to another process no more than once in [#BEFORE_OVERRULING_AGAIN]: that one may have died.
///
/// @param account alias of the account
/// @param process which process this is
record Telling(String account, WorkerKind worker, String process) {
    static final Duration BEFORE_OVERRULING_AGAIN = Duration.ofMinutes(1);

    /// @param told      what was told last; empty if nothing ever was
    /// @param overruled when this process last said that another's circuit is not open any more
    /// @return what is to be told; empty if the last word is as true as this process knows
    Optional<WorkerStatus> next(Gate gate, Optional<WorkerStatus> told, Optional<Instant> overruled, Instant now) {
        Optional<Gate.Pause> pause = gate.paused();
        if (pause.isPresent()) {
            Instant since = millis(pause.get().since());
            return told.filter(last -> is(last, WorkerState.PAUSED) && last.getSince().equals(since)).isPresent()
                    ? Optional.empty()
                    : Optional.of(
                            status(WorkerState.PAUSED, since, now).setWhy(pause.get().words()).build());
        }
        Optional<Circuit.Open> open = gate.knownOpen(now);
        if (open.isPresent()) {
            return told.filter(last -> isOpenUntil(last, open.get().until())).isPresent()
                    ? Optional.empty()
                    : Optional.of(open(open.get(), told, now));
        }
        boolean isToBeToldWorking = told.isEmpty()
                || is(told.get(), WorkerState.PAUSED)
                || is(told.get(), WorkerState.CIRCUIT_OPEN) && isOver(told.get(), gate, overruled, now);
        return isToBeToldWorking ? Optional.of(status(WorkerState.WORKING, now, now).build()) : Optional.empty();
    }

    /// Whether telling `next` contradicts what another process has told.
    boolean overrules(WorkerStatus next, Optional<WorkerStatus> told) {
        return is(next, WorkerState.WORKING)
                && told.filter(last -> is(last, WorkerState.CIRCUIT_OPEN) && !last.getToldBy().equals(process))
                        .isPresent();
    }

    private boolean isOver(WorkerStatus told, Gate gate, Optional<Instant> overruled, Instant now) {
        boolean hasWorkedSince = gate.worked().filter(worked -> worked.isAfter(told.getToldAt())).isPresent();
        boolean isOwn = told.getToldBy().equals(process);
        return hasWorkedSince
                && (isOwn || overruled.filter(last -> now.isBefore(last.plus(BEFORE_OVERRULING_AGAIN))).isEmpty());
    }

    private WorkerStatus open(Circuit.Open open, Optional<WorkerStatus> told, Instant now) {
        Instant since = told.filter(last -> is(last, WorkerState.CIRCUIT_OPEN)).map(WorkerStatus::getSince)
                .filter(earlier -> earlier.isBefore(open.since())).orElse(open.since());
        return status(WorkerState.CIRCUIT_OPEN, since, now)
                .setWhy(Wording.waitingFor(open.fault()))
                .setFault(EventParts.fault(Wording.ofWorker(service(worker), open.fault())))
                .setNextTryAt(millis(open.until()))
                .build();
    }

    private WorkerStatus.Builder status(WorkerState state, Instant since, Instant now) {
        return WorkerStatus.newBuilder()
                .setAccount(account)
                .setWorker(worker)
                .setState(state)
                .setSince(millis(since))
                .setToldBy(process)
                .setToldAt(millis(now));
    }

    /// As record keys name a worker kind: `root-key`.
    static String service(WorkerKind worker) {
        return worker.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static boolean isOpenUntil(WorkerStatus told, Instant until) {
        Instant toldUntil = told.getNextTryAt();
        return is(told, WorkerState.CIRCUIT_OPEN) && toldUntil != null && !toldUntil.isBefore(millis(until));
    }

    private static boolean is(WorkerStatus told, WorkerState state) {
        return told.getState() == state;
    }

    private static Instant millis(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS);
    }
}
