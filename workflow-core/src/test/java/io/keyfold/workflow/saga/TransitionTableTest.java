package io.keyfold.workflow.saga;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workflow.request.StepName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every pair of state and signal, as a table in `docs/saga.md`. Run with `-Dkeyfold.docs=write` to write it anew.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TransitionTableTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "saga.md");
    private static final UUID ID = Ids.of("sample");
    private static final Instant TIME = Story.START;
    private static final CloudResource THING = Story.resource(StepName.ROOT_KEY, "id");
    private static final Resource LISTED = Resource.of(StepName.ROOT_KEY, THING, Ownership.CREATED, 1, TIME);
    private static final Fault FAULT = Story.fault(FaultCode.FORBIDDEN, false);

    private static final List<Sample<StepState>> STATES = List.of(
            new Sample<>("WAITING", new StepState.Waiting()),
            new Sample<>("RESOLVING by name", new StepState.Resolving(ID)),
            new Sample<>("HOLDING", new StepState.Holding(THING, ID)),
            new Sample<>("RUNNING, creating", new StepState.Provisioning(ID, Aim.create())),
            new Sample<>("RUNNING, adopting", new StepState.Provisioning(ID, new Aim.Adopt("id"))),
            new Sample<>("RUNNING, mending", new StepState.Provisioning(ID, new Aim.Mend("id"))),
            new Sample<>("HOLDING, claiming", new StepState.Claiming(THING, TIME, ID)),
            new Sample<>(
                    "DEFERRED, to resolve", new StepState.Deferred(TIME, "why", new Ask.Resolve())),
            new Sample<>(
                    "DEFERRED, to create",
                    new StepState.Deferred(TIME, "why", new Ask.Provision(Aim.create()))),
            new Sample<>(
                    "DEFERRED, to adopt", new StepState.Deferred(TIME, "why", new Ask.Provision(new Aim.Adopt("id")))),
            new Sample<>(
                    "DEFERRED, to mend", new StepState.Deferred(TIME, "why", new Ask.Provision(new Aim.Mend("id")))),
            new Sample<>("DEFERRED, to look", new StepState.Deferred(TIME, "why", new Ask.Look(2))),
            new Sample<>("CREATED", new StepState.Created("other")),
            new Sample<>("ADOPTED", new StepState.Adopted("other")), new Sample<>("KEPT", new StepState.Kept("other")),
            new Sample<>("SKIPPED", new StepState.Skipped()),
            new Sample<>("FAILED", new StepState.Failed(FAULT)),
            new Sample<>(
                    "FAILED, outcome unknown",
                    new StepState.Failed(Story.fault(FaultCode.UNKNOWN_OUTCOME, true))),
            new Sample<>("RESOLVING, first look", new StepState.Looking(ID, 1)),
            new Sample<>("RESOLVING, second look", new StepState.Looking(ID, 2)),
            new Sample<>("COMPENSATION_FAILED (look)", new StepState.LookFailed(FAULT)),
            new Sample<>("NOTHING_CREATED", new StepState.NothingCreated()),
            new Sample<>("COMPENSATED", new StepState.Compensated("other", Optional.empty(), "")),
            new Sample<>("RETAINED", new StepState.Retained("other", List.of("default/hpc-2"))));

    private static final List<Sample<Signal>> SIGNALS = List.of(
            new Sample<>("started", new Signal.Started(false)),
            new Sample<>("started, named", new Signal.Started(true)),
            new Sample<>("broken", new Signal.Broken("id")),
            new Sample<>("found ours", new Signal.Found(THING, true, TIME)),
            new Sample<>("found another's", new Signal.Found(THING, false, TIME)),
            new Sample<>("found a listed one", new Signal.FoundOwn(LISTED)),
            new Sample<>("nothing found", new Signal.NothingFound(TIME)),
            new Sample<>("failed", new Signal.Failed(FAULT)),
            new Sample<>("ask again", new Signal.AskAgain(TIME, "why", Optional.empty(), List.of())),
            new Sample<>("ask again, made", new Signal.AskAgain(TIME, "why", Optional.empty(), List.of(THING))),
            new Sample<>("made earlier", new Signal.MadeEarlier(THING)),
            new Sample<>("granted", new Signal.Granted()), new Sample<>("barred", new Signal.Barred("A", TIME)),
            new Sample<>("due", new Signal.Due()), new Sample<>("undone", new Signal.Undone()),
            new Sample<>("retried", new Signal.Retried()));

    private static final List<Sample<UndoState>> UNDO_STATES = List.of(
            new Sample<>("queued", new UndoState.Queued()),
            new Sample<>("HOLDING, asking leave", new UndoState.AskingLeave(ID)),
            new Sample<>("DELETING", new UndoState.Deleting(ID, ID)),
            new Sample<>("DEFERRED", new UndoState.Deferred(ID, TIME, "why")),
            new Sample<>("parked", new UndoState.Parked(FAULT, Optional.empty())),
            new Sample<>("parked, in use", new UndoState.Parked(FAULT, Optional.of(TIME))));

    private static final List<Sample<UndoFold.Signal>> UNDO_SIGNALS = List.of(
            new Sample<>("its turn", new UndoFold.Signal.Open()),
            new Sample<>("granted", new UndoFold.Signal.Granted(ID)),
            new Sample<>("refused", new UndoFold.Signal.Refused(List.of("B"))),
            new Sample<>("gone", new UndoFold.Signal.Gone(Optional.empty(), "")),
            new Sample<>("not gone", new UndoFold.Signal.NotGone(FAULT)),
            new Sample<>(
                    "not gone, registered",
                    new UndoFold.Signal.NotGone(Story.fault(FaultCode.REGISTRATIONS_REMAIN, false))),
            new Sample<>("ask again", new UndoFold.Signal.AskAgain(TIME, "why", Optional.empty(), false)),
            new Sample<>("due", new UndoFold.Signal.Due()), new Sample<>("retried", new UndoFold.Signal.Retried()));

    private record Sample<T>(String name, T value) {}

    @Test
    @Tag("case-90")
    void the_documented_tables_are_the_folds_own() throws IOException {
        String text = Files.readString(DOCUMENT);
        String current = replaced(
                text, "step", table(STATES, SIGNALS, (state, signal) -> words(StepFold.fold(state, signal))));
        current = replaced(current, "undo", undoTable(Undo.queued(LISTED, 1)));
        current = replaced(current, "swept", undoTable(Undo.swept(LISTED, "mark")));
        if ("write".equals(System.getProperty("keyfold.docs"))) {
            Files.writeString(DOCUMENT, current);
        }
        assertThat(text).as("docs/saga.md is stale: run with -Dkeyfold.docs=write").isEqualTo(current);
    }

    @Test
    void every_kind_of_state_and_signal_stands_in_the_tables() {
        assertThat(kinds(STATES)).containsAll(permitted(StepState.class));
        assertThat(kinds(SIGNALS)).containsAll(permitted(Signal.class));
        assertThat(kinds(UNDO_STATES)).containsAll(permitted(UndoState.class));
        assertThat(kinds(UNDO_SIGNALS)).containsAll(permitted(UndoFold.Signal.class));
    }

    @Test
    void no_signal_makes_a_step_delete_what_is_not_ours() {
        for (Sample<StepState> state : STATES) {
            for (Signal signal : List.of(new Signal.Found(THING, false, TIME), new Signal.FoundOwn(LISTED))) {
                assertThat(StepFold.fold(state.value(), signal)).as(state.name()).isNotInstanceOf(Next.Remove.class);
            }
        }
    }

    private static List<Class<?>> kinds(List<? extends Sample<?>> samples) {
        return samples.stream().<Class<?>>map(sample -> sample.value().getClass()).toList();
    }

    private static List<Class<?>> permitted(Class<?> sealed) {
        return List.of(sealed.getPermittedSubclasses());
    }

    private static <S, E> String table(
            List<Sample<S>> states, List<Sample<E>> signals, BiFunction<S, E, String> fold) {
        List<String> lines = new ArrayList<>();
        lines.add("| | " + signals.stream().map(Sample::name).collect(Collectors.joining(" | ")) + " |");
        lines.add("| --- |" + " --- |".repeat(signals.size()));
        for (Sample<S> state : states) {
            lines.add(
                    "| **" + state.name() + "** | "
                            + signals.stream().map(signal -> fold.apply(state.value(), signal.value()))
                                    .collect(Collectors.joining(" | "))
                            + " |");
        }
        return String.join("\n", lines);
    }

    private static String undoTable(Undo undo) {
        return table(
                UNDO_STATES, UNDO_SIGNALS,
                (state, signal) -> words(UndoFold.fold(undo.become(state), signal), undo.action()));
    }

    private static String words(Next next) {
        return switch (next) {
            case Next.Become(var state) -> state.label();
            case Next.Send(Ask.Look(var look)) -> "send RESOLVE, look " + look;
            case Next.Send(var ask) -> "send " + ask.action();
            case Next.Hold _ -> "ask ledger: HOLDING";
            case Next.Claim _ -> "ask ledger: HOLDING, claiming";
            case Next.TakeAsCreated _ -> "CREATED";
            case Next.TakeAsAdopted _ -> "ADOPTED";
            case Next.Keep _ -> "KEPT";
            case Next.Remove _ -> "delete it";
            case Next.Ignore _ -> "–";
        };
    }

    private static String words(UndoFold.Next next, Action action) {
        return switch (next) {
            case UndoFold.Next.AskLeave _ -> "ask ledger";
            case UndoFold.Next.Delete _ -> "send " + action;
            case UndoFold.Next.Become(var state) -> state instanceof UndoState.Queued ? "queued" : state.label();
            case UndoFold.Next.Done _ -> "COMPENSATED";
            case UndoFold.Next.Retain _,UndoFold.Next.RetainRefused _ -> "RETAINED";
            case UndoFold.Next.Park _ -> "parked";
            case UndoFold.Next.Forget _ -> "forgotten";
            case UndoFold.Next.Ignore _ -> "–";
        };
    }

    private static String replaced(String text, String name, String table) {
        String begin = "<!-- begin " + name + " -->";
        String end = "<!-- end " + name + " -->";
        assertThat(Stream.of(begin, end)).as("markers in docs/saga.md").allMatch(text::contains);
        return text.substring(0, text.indexOf(begin) + begin.length()) + "\n" + table + "\n"
                + text.substring(text.indexOf(end));
    }
}
