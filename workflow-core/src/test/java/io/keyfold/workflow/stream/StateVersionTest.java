package io.keyfold.workflow.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workflow.ledger.LedgerEntry;
import io.keyfold.workflow.saga.FaultCode;
import io.keyfold.workflow.saga.Pause;
import io.keyfold.workflow.saga.Resource;
import io.keyfold.workflow.saga.Run;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.StepState;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// An earlier workflow that meets a state of a later version stops; so a state is one of the later version only if the earlier
/// one would misunderstand it.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StateVersionTest {
    private static final StateVersion.Vocabulary VOCABULARY = StateVersion.Vocabulary.read();

    @Test
    void a_saga_of_the_first_version_stays_one() throws IOException {
        assertThat(version(ofTheFirstVersion())).isEqualTo(StateVersion.FIRST);
    }

    /// Who adds a field to one of these decides: is it listed in `state-version-1.txt` as what may be lost, or is a state with
    /// it one of the later version?
    @Test
    void what_is_told_beside_and_may_be_lost_leaves_it_one() throws IOException {
        Saga saga = ofTheFirstVersion();
        Resource again = Samples.of(Resource.class).getFirst();

        assertThat(version(with(saga, "resources", List.of(again)))).isEqualTo(StateVersion.FIRST);
        assertThat(version(with(saga, "verification", Samples.of(Saga.class).getFirst().verification())))
                .isEqualTo(StateVersion.FIRST);
        assertThat(StateCodec.LEDGER.encode(Samples.of(LedgerEntry.class).getFirst())[0]).isEqualTo(StateVersion.FIRST);
    }

    @Test
    void a_removal_and_a_pause_are_not_for_the_first_version() throws IOException {
        Saga saga = ofTheFirstVersion();
        Run run = saga.lastRun().orElseThrow();

        assertThat(version(with(saga, "pause", Optional.of(new Pause(Instant.EPOCH, "", ""))))).isEqualTo(
                StateVersion.PRESENT);
        assertThat(
                version(
                        with(
                                saga, "lastRun",
                                Optional.of(with(run, "removal", Samples.of(Run.class).getFirst().removal())))))
                .isEqualTo(StateVersion.PRESENT);
    }

    @Test
    void a_code_that_came_later_is_not_for_the_first_version() throws IOException {
        Saga saga = ofTheFirstVersion();
        Run run = saga.lastRun().orElseThrow();
        var fault = run.steps().stream().map(step -> step.state()).filter(StepState.Failed.class::isInstance)
                .map(StepState.Failed.class::cast).findFirst().orElseThrow().fault();

        assertThat(version(with(saga, "lastRun", Optional.of(with(run, "fault", Optional.of(fault))))))
                .isEqualTo(StateVersion.FIRST);
        assertThat(
                version(
                        with(
                                saga, "lastRun",
                                Optional.of(with(run, "fault", Optional.of(with(fault, "code", FaultCode.KEY_LOST)))))))
                .isEqualTo(StateVersion.PRESENT);
    }

    @Test
    void an_input_that_the_first_version_refused_is_not_for_it() throws IOException {
        Saga saga = ofTheFirstVersion();
        Run run = saga.lastRun().orElseThrow();
        var request = with(run.request(), "keyMaterialReference", Optional.of("file:hpc-1.key"));

        assertThat(version(with(saga, "lastRun", Optional.of(with(run, "request", request))))).isEqualTo(
                StateVersion.PRESENT);
    }

    @Test
    void the_first_version_knows_nothing_that_is_called_otherwise_by_now() {
        Set<String> present = new TreeSet<>();
        reached().forEach(type -> present.addAll(names(type)));

        assertThat(present).containsAll(VOCABULARY.known()).containsAll(VOCABULARY.passedOver());
    }

    /// Its presence could not be seen while it is written.
    @Test
    void a_record_that_came_later_has_a_field() {
        assertThat(reached()).filteredOn(type -> type.isRecord() && type.getRecordComponents().length == 0)
                .allMatch(type -> VOCABULARY.known().contains(StateVersion.Vocabulary.nameOf(type)));
    }

    private static byte version(Saga saga) {
        return StateCodec.SAGA.encode(saga)[0];
    }

    /// As version 1 wrote it, without the inputs that it refused.
    private static Saga ofTheFirstVersion() throws IOException {
        String hex = String.join("", Files.readAllLines(Path.of("src", "test", "resources", "saga-version-1.hex")));
        Saga saga = StateCodec.SAGA.decode(HexFormat.of().parseHex(hex));
        Run run = saga.lastRun().orElseThrow();
        return with(
                with(saga, "lastRun", Optional.of(with(run, "request", plain(run)))), "inForce",
                saga.inForce().map(inForce -> with(inForce, "request", plain(run))));
    }

    private static Object plain(Run run) {
        var request = with(run.request(), "keyMaterialReference", Optional.empty());
        return with(
                with(with(request, "rotationIntervalMonths", Optional.empty()), "authorizationDelegation", false),
                "dualAuthorizationDelete", false);
    }

    /// The same record with another value of one component.
    private static <R> R with(R record, String name, Object value) {
        try {
            RecordComponent[] components = record.getClass().getRecordComponents();
            Object[] values = new Object[components.length];
            for (int i = 0; i < values.length; i++) {
                var accessor = components[i].getAccessor();
                accessor.setAccessible(true);
                values[i] = components[i].getName().equals(name) ? value : accessor.invoke(record);
            }
            var constructor = record.getClass().getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new));
            constructor.setAccessible(true);
            @SuppressWarnings("unchecked")
            R changed = (R) constructor.newInstance(values);
            return changed;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Set<String> names(Class<?> type) {
        Set<String> names = new HashSet<>();
        String name = StateVersion.Vocabulary.nameOf(type);
        names.add(name);
        if (type.isEnum()) {
            Arrays.stream(type.getEnumConstants()).forEach(one -> names.add(name + "." + ((Enum<?>) one).name()));
        } else if (type.isRecord()) {
            Arrays.stream(type.getRecordComponents()).forEach(field -> names.add(name + "." + field.getName()));
            names.add(name + ".");
        }
        return names;
    }

    /// Every record and enum that a state is made of.
    private static Set<Class<?>> reached() {
        Set<Class<?>> reached = new HashSet<>();
        List<Type> open = new ArrayList<>(List.of(Saga.class, LedgerEntry.class));
        while (!open.isEmpty()) {
            switch (open.removeLast()) {
                case ParameterizedType generic -> open.addAll(List.of(generic.getActualTypeArguments()));
                case Class<?> type when type.isSealed() -> open.addAll(List.of(type.getPermittedSubclasses()));
                case Class<?> type when (type.isRecord() || type.isEnum())
                        && type.getName().startsWith("io.keyfold.") -> {
                    if (reached.add(type) && type.isRecord()) {
                        open.addAll(
                                Stream.of(type.getRecordComponents()).map(RecordComponent::getGenericType).toList());
                    }
                }
                default -> {
                    // Not ours: text, numbers, times.
                }
            }
        }
        return reached;
    }
}
