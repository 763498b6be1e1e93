package io.keyfold.workers.step;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives each command its turn with the worker, and makes an outcome of whatever it runs into.
///
/// @param <T> what the commands are about
public final class StepRunner<T> {
    private static final Logger LOG = LoggerFactory.getLogger(StepRunner.class);

    /// A fault that was not over within a command's turn is given this long.
    private static final Duration BEFORE_ASKING_AGAIN = Duration.ofSeconds(10);

    private final Worker<T> worker;
    private final String account;
    private final Turn.Surroundings surroundings;
    private final Gate gate;

    /// @param account the alias of the account that the worker has credentials for
    /// @param gate    whether that account is to be called
    public StepRunner(Worker<T> worker, String account, Turn.Surroundings surroundings, Gate gate) {
        this.worker = worker;
        this.account = account;
        this.surroundings = surroundings;
        this.gate = gate;
    }

    /// @param calls how many calls to IBM Cloud it took
    public record Answer(Outcome outcome, Instant at, int calls) {}

    /// @param mayBeRepeated somebody before us may have begun to carry out this very command
    /// @param isOurs        false once the command may be another process's to carry out
    /// @throws AbandonedException if it became another's before anything was changed
    public Answer answer(Command command, T target, boolean mayBeRepeated, BooleanSupplier isOurs) {
        Turn turn = new Turn(command, surroundings, mayBeRepeated, isOurs);
        Outcome outcome = refusal(command).orElseGet(() -> outcome(command, target, turn));
        return answer(
                command,
                switch (outcome) {
                    case Outcome.Deferred deferred -> deferred.having(turn.made());
                    case Outcome.Failed(var fault, _) -> new Outcome.Failed(fault, turn.made());
                    default -> outcome;
                },
                turn.calls());
    }

    /// The answer to a command whose target cannot be made sense of.
    public Answer invalid(Command command, String why) {
        return answer(command, refused(command, FaultCode.INVALID, "the command cannot be carried out.", why), 0);
    }

    private Answer answer(Command command, Outcome outcome, int calls) {
        LOG.info(
                "cluster={} run={} step={} {} attempt={} calls={}: {}",
                command.clusterId(),
                command.run(),
                command.step(),
                command.action(),
                command.attempt(),
                calls,
                words(outcome));
        return new Answer(outcome, surroundings.clock().instant(), calls);
    }

    private Optional<Outcome> refusal(Command command) {
        if (!command.account().equals(account)) {
            return Optional.of(refused(
                    command,
                    FaultCode.INVALID,
                    "this worker has no credentials for the account \"" + command.account() + "\".",
                    "Set account." + command.account() + ".ibm.api.key and account." + command.account()
                            + ".ibm.account.id for the workers, or name an account that they have."));
        }
        return switch (command.action()) {
            case RESOLVE, PROVISION -> Optional.empty();
            case COMPENSATE, SWEEP -> withoutId(
                    command, "nothing was deleted.", "The command does not say the id of what to delete.");
            case VERIFY -> withoutId(
                    command, "nothing was verified.", "The command does not say the id of what to look at.");
            case REPAIR -> command.step().isRootKey()
                    ? withoutId(command, "nothing was repaired.", "The command does not say the id of the key.")
                    : Optional.of(notSupported(command, "Only root keys are repaired"));
            case UNKNOWN ->
                Optional.of(notSupported(command, "It knows RESOLVE, PROVISION, COMPENSATE, VERIFY, REPAIR and SWEEP"));
        };
    }

    private static Optional<Outcome> withoutId(Command command, String happened, String why) {
        return command.expectedId().isPresent()
                ? Optional.empty()
                : Optional.of(refused(command, FaultCode.INVALID, happened, why));
    }

    private static Outcome notSupported(Command command, String why) {
        return refused(
                command,
                FaultCode.INVALID,
                "this worker cannot do what was asked (NOT_YET_SUPPORTED).",
                why + ", and it was asked to " + command.action() + ".");
    }

    private static Outcome refused(Command command, FaultCode code, String happened, String why) {
        FaultReport report = Wording.of(command, code, happened, why);
        return command.action().isDeletion()
                ? new Outcome.CompensationFailed(named(command), report)
                : new Outcome.Failed(report);
    }

    private Outcome outcome(Command command, T target, Turn turn) {
        // Before all else: whoever had it before may have deleted, whether or not calls are made now.
        if (command.action().isDeletion() && turn.mayBeRepeated()) {
            return Outcome.Deferred.askedAnew(turn.now());
        }
        var paused = gate.paused();
        if (paused.isPresent()) {
            return waitForResume(command, paused.get(), turn);
        }
        var open = gate.check(turn.now());
        if (open.isPresent()) {
            return waitForCircuit(command, open.get(), turn);
        }
        try {
            Outcome outcome = worker.carryOut(command, target, turn);
            gate.worked(turn.now());
            return outcome instanceof Outcome.Failed failed ? new Outcome.Failed(honest(command, failed.fault(), turn))
                    : outcome;
        } catch (FaultException failure) {
            return ofFault(command, failure.fault(), turn);
        } catch (ExpiredException late) {
            gate.worked(turn.now());
            return expired(String.valueOf(late.getMessage()), turn);
        } catch (AbandonedException left) {
            throw left;
        } catch (RuntimeException bug) { // one cluster's command must not keep the worker from all others
            LOG.error("cluster={} step={}: {}", command.clusterId(), command.step(), bug.toString(), bug);
            return unforeseen(command, bug, turn);
        }
    }

    /// An answer that it has expired says nothing about what exists; a deferral, which asks for the same, does.
    private static Outcome expired(String why, Turn turn) {
        return turn.made().isEmpty() ? new Outcome.Expired(why)
                : new Outcome.Deferred(turn.now(), why, Optional.empty());
    }

    private Outcome ofFault(Command command, Fault fault, Turn turn) {
        return switch (fault) {
            case Fault.Permanent permanent -> {
                gate.worked(turn.now());
                yield permanently(command, Wording.of(command, permanent), turn);
            }
            case Fault.UnknownOutcome unknown -> new Outcome.Deferred(
                    turn.afterACall(), Wording.waitingFor(unknown),
                    Optional.of(Wording.of(command, unknown).orSomethingMayExist(true)));
            case Fault.Transient passing -> gate.failed(passing, turn.now())
                    .map(open -> waitForCircuit(command, open, turn))
                    .orElseGet(() -> new Outcome.Deferred(
                            turn.now().plus(longer(passing.retryAfter(), BEFORE_ASKING_AGAIN)),
                            Wording.waitingFor(passing),
                            Optional.of(putOff(command, passing, turn))));
        };
    }

    private static Outcome permanently(Command command, FaultReport report, Turn turn) {
        return command.action().isDeletion()
                ? new Outcome.CompensationFailed(named(command), report.orSomethingMayExist(turn.mayHaveDeleted()))
                : new Outcome.Failed(honest(command, report, turn));
    }

    /// A failure says whether something of this run may exist all the same.
    private static FaultReport honest(Command command, FaultReport report, Turn turn) {
        return report.orSomethingMayExist(
                mayMakeSomething(command) && (command.action() == Action.RESOLVE || turn.somethingMayExist()));
    }

    /// Of what makes nothing, nothing new can exist.
    private static boolean mayMakeSomething(Command command) {
        return switch (command.action()) {
            case RESOLVE, PROVISION -> !command.adoptOnly();
            case COMPENSATE, SWEEP, UNKNOWN -> true;
            case VERIFY, REPAIR -> false;
        };
    }

    private static Outcome unforeseen(Command command, RuntimeException bug, Turn turn) {
        FaultReport report = Wording.of(
                command,
                FaultCode.UNKNOWN,
                "the worker ran into something unforeseen (" + bug.getClass().getSimpleName() + ").",
                "Its log has the details.");
        return permanently(command, report.orSomethingMayExist(mayMakeSomething(command) && turn.calls() > 0), turn);
    }

    private static Outcome waitForResume(Command command, Gate.Pause pause, Turn turn) {
        return Outcome.Deferred.stoppingTheClock(
                pause.askAgainAt(turn.now()),
                "The " + command.step().worker() + " worker is " + pause.words(),
                Optional.empty());
    }

    /// It says whether a delete or a create was sent before the call that failed.
    private static FaultReport putOff(Command command, Fault fault, Turn turn) {
        return Wording.of(command, fault).orSomethingMayExist(turn.mayHaveDeleted() || turn.mayHaveMade());
    }

    private static Outcome waitForCircuit(Command command, Circuit.Open open, Turn turn) {
        return Outcome.Deferred.stoppingTheClock(
                open.until(),
                "The worker calls nothing until " + open.until() + ": " + Wording.waitingFor(open.fault()),
                Optional.of(putOff(command, open.fault(), turn)));
    }

    private static String words(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Created(var resource, var surplus, _) ->
                "created " + resource.id() + (surplus.isEmpty() ? "" : " and " + surplus.size() + " surplus");
            case Outcome.Adopted(var resource, _) -> "adopted " + resource.id();
            case Outcome.NotFound() -> "nothing found";
            case Outcome.Failed(var fault, var made) ->
                "failed" + made.map(one -> ", having made " + one.id()).orElse("") + ": " + fault.message();
            case Outcome.Deferred(var until, var why, _, var made, _) ->
                "deferred until " + until + made.map(one -> ", having made " + one.id()).orElse("") + ": " + why;
            case Outcome.Compensated(var resource, _, _) -> "gone is " + resource.id();
            case Outcome.CompensationFailed(_, var fault) -> "not removed: " + fault.message();
            case Outcome.Verified(var resource, var inspection) -> resource.id() + " is " + inspection.condition()
                    + (inspection.differences().isEmpty() ? "" : ": " + String.join(" ", inspection.differences()));
            case Outcome.Expired(var why) -> "expired: " + why;
        };
    }

    private static Resource named(Command command) {
        return Resource.ofId(command.expectedId().orElse(""), "", "");
    }

    private static Duration longer(Optional<Duration> one, Duration other) {
        return one.filter(duration -> duration.compareTo(other) > 0).orElse(other);
    }
}
