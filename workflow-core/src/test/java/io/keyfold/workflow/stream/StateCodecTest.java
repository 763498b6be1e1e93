package io.keyfold.workflow.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.keyfold.workflow.ledger.LedgerEntry;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.Run;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.Step;
import io.keyfold.workflow.saga.StepState;
import io.keyfold.workflow.saga.Undo;
import io.keyfold.workflow.saga.UndoState;
import io.keyfold.workflow.saga.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StateCodecTest {
    private static final CBORMapper CBOR = new CBORMapper();

    /// Written by version 1. It is never changed: whoever breaks it breaks the memory of every installation.
    private static final Path VERSION_1 = Path.of("src", "test", "resources", "saga-version-1.hex");

    @Test
    void a_saga_with_everything_in_it_comes_back_as_it_was() {
        for (Saga saga : Samples.of(Saga.class)) {
            assertThat(StateCodec.SAGA.decode(StateCodec.SAGA.encode(saga))).isEqualTo(saga);
        }
    }

    @Test
    void an_unknown_cluster_comes_back_as_it_was() {
        Saga unknown = Saga.unknown(new ClusterId("default", "hpc-1"));

        assertThat(StateCodec.SAGA.decode(StateCodec.SAGA.encode(unknown))).isEqualTo(unknown);
    }

    @Test
    void a_ledger_entry_comes_back_as_it_was() {
        for (LedgerEntry entry : Samples.of(LedgerEntry.class)) {
            assertThat(StateCodec.LEDGER.decode(StateCodec.LEDGER.encode(entry))).isEqualTo(entry);
        }
        assertThat(StateCodec.LEDGER.decode(StateCodec.LEDGER.encode(LedgerEntry.empty())))
                .isEqualTo(LedgerEntry.empty());
    }

    @Test
    @Tag("case-20")
    void what_version_1_wrote_is_read() throws IOException {
        String hex = String.join("", Files.readAllLines(VERSION_1));
        Saga saga = StateCodec.SAGA.decode(HexFormat.of().parseHex(hex));

        assertThat(saga.cluster()).isEqualTo(new ClusterId("default", "hpc-1"));
        assertThat(saga.lastRun().stream().map(Run::steps).flatMap(steps -> steps.stream().map(Step::state)))
                .extracting(Object::getClass)
                .contains(StepState.class.getPermittedSubclasses());
        assertThat(saga.undos().stream().map(Undo::state))
                .extracting(Object::getClass)
                .contains(UndoState.class.getPermittedSubclasses());
        assertThat(saga.undos()).extracting(Undo::mark).containsOnly(Optional.empty());
        assertThat(saga.inForce()).isPresent();
        assertThat(saga.seenRequests()).isNotEmpty();
    }

    @Test
    void what_a_later_version_added_is_passed_over() throws IOException {
        Saga saga = Samples.of(Saga.class).getFirst();

        assertThat(decodedWith(saga, tree -> tree.put("addedLater", 1))).isEqualTo(saga);
    }

    @Test
    void what_an_earlier_version_did_not_write_is_empty() throws IOException {
        Saga saga = decodedWith(Samples.of(Saga.class).getFirst(), tree -> tree.remove(
                Arrays.asList("undos", "seenControls", "inForce", "standingSince", "verification")));

        assertThat(saga.undos()).isEmpty();
        assertThat(saga.seenControls()).isEmpty();
        assertThat(saga.inForce()).isEmpty();
        assertThat(saga.standingSince()).isEmpty();
        assertThat(saga.verification()).isEqualTo(Verification.NONE);
    }

    @Test
    void a_state_of_a_later_version_stops_the_workflow() {
        byte[] bytes = StateCodec.SAGA.encode(Saga.unknown(new ClusterId("default", "hpc-1")));
        bytes[0] = 3;

        assertThatThrownBy(() -> StateCodec.SAGA.decode(bytes))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("version 3")
                .hasMessageContaining("Run the later program again");
    }

    private static Saga decodedWith(Saga saga, Consumer<ObjectNode> change) throws IOException {
        byte[] bytes = StateCodec.SAGA.encode(saga);
        ObjectNode tree = (ObjectNode) CBOR.readTree(Arrays.copyOfRange(bytes, 1, bytes.length));
        change.accept(tree);
        byte[] cbor = CBOR.writeValueAsBytes(tree);
        byte[] changed = new byte[cbor.length + 1];
        changed[0] = 1;
        System.arraycopy(cbor, 0, changed, 1, cbor.length);
        return StateCodec.SAGA.decode(changed);
    }
}
