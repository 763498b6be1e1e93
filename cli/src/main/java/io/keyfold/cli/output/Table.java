package io.keyfold.cli.output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows of text in aligned columns, two spaces apart.
public final class Table {
    private static final String ESCAPE_SEQUENCES = "\u001b\\[[0-9;]*m";

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... heading) {
        rows.add(List.of(heading));
    }

    /// A table without a heading.
    public static Table plain() {
        var table = new Table();
        table.rows.clear();
        return table;
    }

    public Table row(String... cells) {
        rows.add(Arrays.stream(cells).map(Table::oneLine).toList());
        return this;
    }

    public boolean isEmpty() {
        return rows.size() <= 1;
    }

    public List<String> lines() {
        return rows.stream().map(this::line).toList();
    }

    @Override
    public String toString() {
        return String.join("\n", lines());
    }

    private String line(List<String> row) {
        var line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            var cell = row.get(column);
            line.append(cell);
            if (column < row.size() - 1) {
                line.repeat(' ', width(column) - visibleLength(cell) + 2);
            }
        }
        return line.toString().stripTrailing();
    }

    private int width(int column) {
        return rows.stream()
                .filter(row -> column < row.size())
                .mapToInt(row -> visibleLength(row.get(column)))
                .max()
                .orElse(0);
    }

    /// Nothing that came from outside may break the table or drive the terminal; our own colours may.
    private static String oneLine(String cell) {
        return Text.harmless(cell);
    }

    private static int visibleLength(String cell) {
        return cell.replaceAll(ESCAPE_SEQUENCES, "").length();
    }
}
