package io.keyfold.workflow.saga;

import io.keyfold.workflow.saga.Aim.Adopt;
import io.keyfold.workflow.saga.Aim.Create;
import io.keyfold.workflow.saga.Aim.Mend;
import io.keyfold.workflow.saga.Next.Become;
import io.keyfold.workflow.saga.Next.Claim;
import io.keyfold.workflow.saga.Next.Hold;
import io.keyfold.workflow.saga.Next.Ignore;
import io.keyfold.workflow.saga.Next.Keep;
import io.keyfold.workflow.saga.Next.Remove;
import io.keyfold.workflow.saga.Next.Send;
import io.keyfold.workflow.saga.Next.TakeAsAdopted;
import io.keyfold.workflow.saga.Next.TakeAsCreated;
import io.keyfold.workflow.saga.Signal.AskAgain;
import io.keyfold.workflow.saga.Signal.Barred;
import io.keyfold.workflow.saga.Signal.Broken;
import io.keyfold.workflow.saga.Signal.Due;
import io.keyfold.workflow.saga.Signal.Found;
import io.keyfold.workflow.saga.Signal.FoundOwn;
import io.keyfold.workflow.saga.Signal.Granted;
import io.keyfold.workflow.saga.Signal.MadeEarlier;
import io.keyfold.workflow.saga.Signal.NothingFound;
import io.keyfold.workflow.saga.Signal.Retried;
import io.keyfold.workflow.saga.Signal.Started;
import io.keyfold.workflow.saga.Signal.Undone;
import io.keyfold.workflow.saga.StepState.Adopted;
import io.keyfold.workflow.saga.StepState.Claiming;
import io.keyfold.workflow.saga.StepState.Compensated;
import io.keyfold.workflow.saga.StepState.Created;
import io.keyfold.workflow.saga.StepState.Deferred;
import io.keyfold.workflow.saga.StepState.Holding;
import io.keyfold.workflow.saga.StepState.Kept;
import io.keyfold.workflow.saga.StepState.LookFailed;
import io.keyfold.workflow.saga.StepState.Looking;
import io.keyfold.workflow.saga.StepState.NothingCreated;
import io.keyfold.workflow.saga.StepState.Provisioning;
import io.keyfold.workflow.saga.StepState.Resolving;
import io.keyfold.workflow.saga.StepState.Retained;
import io.keyfold.workflow.saga.StepState.Skipped;
import io.keyfold.workflow.saga.StepState.Waiting;
import java.util.List;

/// What one step does: a table, one line a transition, over the pair of state and signal. There is no default: javac
/// proves that every pair has an answer.
///
/// Signals other than [Found] and [FoundOwn] reach a step only if they answer the very question it has open; see
/// [RunFold].
final class StepFold {
    private StepFold() {}

    private record When(StepState state, Signal signal) {}

    static Next fold(StepState state, Signal signal) {
        return switch (new When(state, signal)) {
            // Up: a named thing is resolved, held and looked at again before it is used; others are made.
            case When(Waiting _, Started(boolean named)) -> new Send(named ? new Ask.Resolve() : create());
            // An earlier run has made it, and it was kept or not used since.
            case When(Waiting _, FoundOwn(var resource)) -> new Keep(resource);
            case When(Waiting _, Broken(var id)) -> new Send(new Ask.Provision(new Mend(id)));
            case When(Resolving _, Found(var candidate, _, _)) -> new Hold(candidate);
            case When(Resolving _, FoundOwn(var resource)) -> new Keep(resource);
            // Only a worker of an earlier version says so: it looks for an authorization by our mark alone.
            case When(Resolving _, NothingFound _) -> failed(
                    Fault.ours(
                            FaultCode.NOT_FOUND,
                            "The worker found nothing, and may be of a version that cannot look for what is there"
                                    + " already. Run workers of the workflow's own version, then try it again."));
            case When(Holding(var candidate, _), Granted _) ->
                new Send(new Ask.Provision(new Adopt(candidate.id())));
            case When(Holding(var candidate, _), Barred(var by, _)) -> fail(FaultCode.BEING_REMOVED, candidate, by);
            // Never another one in its place.
            case When(Provisioning(_, Mend _), Found _),When(Deferred(_, _, Ask.Provision(Mend _)), Found _) ->
                ignore("it is not the one to be mended");
            case When(Provisioning _, Found(var made, boolean ours, var since)) when ours ->
                new TakeAsCreated(made, since);
            case When(Provisioning(_, Adopt(var granted)), Found(var found, _, var since)) when granted
                    .equals(found.id()) ->
                new TakeAsAdopted(found, since);
            case When(Provisioning _, Found(var found, _, var since)) -> new Claim(found, since);
            case When(Provisioning _, FoundOwn(var resource)) -> new Keep(resource);
            case When(Claiming(var found, var since, _), Granted _) -> new TakeAsAdopted(found, since);
            // Somebody is deleting the policy that stands in our way: wait until it is gone, then make our own.
            case When(Claiming _, Barred(var by, var at)) ->
                new Become(new Deferred(at, by + " is removing the one that exists", create()));
            case When(Claiming _, Found(var made, boolean ours, var since)) when ours -> new TakeAsCreated(made, since);
            case When(Claiming _, Found _),When(Claiming _, FoundOwn _) -> ignore("the ledger is being asked");

            // Whoever only looks for what was named, adopts it, or mends what there is has made nothing: there is nothing to look for.
            case When(Resolving _, Signal.Failed(var fault)) -> failed(fault.outcomeKnown());
            case When(Provisioning(_, Adopt _), Signal.Failed(var fault)) -> failed(fault.outcomeKnown());
            case When(Provisioning(_, Mend _), Signal.Failed(var fault)) -> failed(fault.outcomeKnown());
            case When(Provisioning(_, Create _), Signal.Failed(var fault)) -> failed(fault);
            case When(Resolving _, AskAgain(var at, var why, _, _)) ->
                new Become(new Deferred(at, why, new Ask.Resolve()));
            case When(Provisioning(_, var aim), AskAgain(var at, var why, _, var made)) ->
                new Become(new Deferred(at, why, new Ask.Provision(aim.having(made))));
            case When(Deferred(_, _, var next), Due _) -> new Send(next);
            // An earlier command was answered after all.
            case When(Provisioning(var command, Create create), MadeEarlier(var made)) ->
                new Become(new Provisioning(command, create.having(List.of(made))));
            case When(Deferred(var until, var why, Ask.Provision(Create create)), MadeEarlier(var made)) ->
                new Become(new Deferred(until, why, new Ask.Provision(create.having(List.of(made)))));
            case When(Deferred _, Found(var made, boolean ours, var since)) when ours -> new TakeAsCreated(made, since);
            case When(Deferred _, Found _),When(Deferred _, FoundOwn _) -> ignore("it will be asked for again");

            // Down: what an open question may have made is looked for by this run's mark.
            case When(Waiting _, Undone _),When(Resolving _, Undone _),When(Holding _, Undone _),When(Claiming _, Undone _) ->
                new Become(new NothingCreated());
            case When(Provisioning(_, var aim), Undone _) -> undo(aim);
            case When(Deferred(_, _, Ask.Provision(var aim)), Undone _) -> undo(aim);
            case When(Deferred(_, _, Ask.Resolve _), Undone _) -> new Become(new NothingCreated());
            case When(Deferred(_, _, Ask.Look _), Undone _) -> ignore("it is being undone already");
            case When(StepState.Failed(var fault), Undone _) ->
                fault.outcomeUnknown() ? new Send(new Ask.Look(1)) : ignore("it made nothing");
            case When(Looking _, Found(var made, boolean ours, var since)) when ours -> new TakeAsCreated(made, since);
            case When(Looking _, Found _) -> ignore("not this run's");
            case When(Looking _, FoundOwn _) -> new Become(new NothingCreated()); // accounted for elsewhere
            // "Nothing found" is believed the second time only: IBM's lists lag behind its creates.
            case When(Looking(_, int look), NothingFound(var secondLookAt)) ->
                look == 1 ? new Become(new Deferred(secondLookAt, "a second look has to confirm it", new Ask.Look(2)))
                        : new Become(new NothingCreated());
            case When(Looking _, Signal.Failed(var fault)) -> new Become(new LookFailed(fault));
            case When(Looking(_, int look), AskAgain(var at, var why, _, _)) ->
                new Become(new Deferred(at, why, new Ask.Look(look)));
            case When(LookFailed _, Retried _) -> new Send(new Ask.Look(1));
            // An operator asks for an answer that never came.
            case When(Looking(_, int look), Retried _) -> new Send(new Ask.Look(look));
            case When(LookFailed _, Found(var made, boolean ours, var since)) when ours ->
                new TakeAsCreated(made, since);
            case When(StepState.Failed _, Found(var late, boolean ours, var since)) when ours ->
                new TakeAsCreated(late, since);

            // A worker that was paused has created one after all: its late answer brings its own undoing.
            case When(_, MadeEarlier(var late)) -> new Remove(late);
            case When(Compensated _, Found(var late, boolean ours, _)) when ours -> new Remove(late);
            case When(NothingCreated _, Found(var late, boolean ours, _)) when ours -> new Remove(late);
            case When(Retained _, Found(var late, boolean ours, _)) when ours -> new Remove(late);
            case When(Created _, Found(var second, boolean ours, _)) when ours -> new Remove(second);
            case When(Adopted _, Found(var second, boolean ours, _)) when ours -> new Remove(second);
            case When(Kept _, Found(var second, boolean ours, _)) when ours -> new Remove(second);
            case When(Skipped _, Found(var second, boolean ours, _)) when ours -> new Remove(second);
            case When(Waiting _, Found(var early, boolean ours, _)) when ours -> new Remove(early);
            case When(Holding _, Found(var early, boolean ours, _)) when ours -> new Remove(early);

            // Whatever is left means nothing in its state; it is written down and changes nothing.
            case When(Waiting _, _),When(Resolving _, _),When(Holding _, _),When(Provisioning _, _),When(Claiming _, _),When(Deferred _, _),When(Looking _, _),When(LookFailed _, _) ->
                ignore("not what the step waits for");
            case When(Created _, _),When(Adopted _, _),When(Kept _, _),When(Skipped _, _) ->
                ignore("the step is done");
            case When(StepState.Failed _, _),When(NothingCreated _, _),When(Compensated _, _),When(Retained _, _) ->
                ignore("the step is over");
        };
    }

    private static Ask create() {
        return new Ask.Provision(Aim.create());
    }

    private static Next undo(Aim aim) {
        return switch (aim) {
            case Adopt _,Mend _ -> new Become(new NothingCreated());
            case Create _ -> new Send(new Ask.Look(1));
        };
    }

    private static Next failed(Fault fault) {
        return new Become(new StepState.Failed(fault));
    }

    private static Next fail(FaultCode code, CloudResource candidate, String by) {
        return failed(
                Fault.ours(
                        code,
                        "\"" + candidate.name() + "\" (" + candidate.id() + ") is being removed by " + by
                                + ". Name another one, or deploy without a name to have one created."));
    }

    private static Next ignore(String why) {
        return new Ignore(why);
    }
}
