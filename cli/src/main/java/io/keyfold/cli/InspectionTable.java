package io.keyfold.cli;

import io.keyfold.cli.output.Table;
import io.keyfold.cli.output.Terminal;
import io.keyfold.schemas.Inspection;
import java.util.List;
import java.util.function.Function;

/// How things were found in Kafka, a line each.
final class InspectionTable {
    private InspectionTable() {}

    /// @param what  what the things are
    /// @param state how the column of their states is headed
    /// @param words a state, as it is called there
    static void print(String what, String state, List<Inspection> found, Function<Inspection.State, String> words) {
        var terminal = Terminal.ofThisProcess();
        var table = new Table(what, state, "DIFFERENCE");
        for (var inspection : found) {
            // Of what is missing the name alone says what does not exist.
            var isMissing = inspection.state() == Inspection.State.MISSING;
            var word = words.apply(inspection.state());
            table.row(
                    inspection.name(),
                    inspection.isGood() ? terminal.good(word) : terminal.bad(word),
                    isMissing ? "" : String.join("; ", inspection.differences()));
        }
        System.out.println(table);
    }
}
