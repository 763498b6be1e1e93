package io.keyfold.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `docs/emulator.md` has everything there is, and nothing that there is not.
class DocumentTest {

    private final String page = read();

    private static String read() {
        try {
            return Files.readString(Path.of("..", "docs", "emulator.md"));
        } catch (IOException missing) {
            throw new AssertionError(missing);
        }
    }

    /// First columns of the table rows between two headings, without their backquotes.
    private List<String> firstColumns(String from, String to) {
        String section = page.split("\n## " + from, 2)[1].split("\n##+ " + to, 2)[0];
        return section.lines().filter(line -> line.startsWith("| `")).map(line -> line.split(" \\| ", 2)[0])
                .flatMap(cell -> List.of(cell.substring(2).replace("`", "").split(", ", -1)).stream()).toList();
    }

    @Test
    void the_page_has_every_operation_with_its_request() {
        try (var emulator = EmulatorServer.start(EmulatorSettings.usual())) {
            List<String> rows = emulator.cloud().routes().stream().map(route -> "| `" + route.operation() + "` | `"
                    + route.method() + " /" + String.join("/", route.pattern()) + "` |").toList();
            assertThat(page.lines().toList()).containsAll(rows);
            assertThat(firstColumns("What is emulated", "IAM")).hasSameSizeAs(rows);
        }
    }

    @Test
    void the_page_has_every_setting() {
        assertThat(firstColumns("Settings", "What is not emulated"))
                .containsExactlyInAnyOrderElementsOf(EmulatorSettings.DEFINITION.names());
    }

    @Test
    void every_fault_of_the_page_is_one() {
        try (var emulator = EmulatorServer.start(EmulatorSettings.usual())) {
            List<String> types = firstColumns("Faults", "For tests").stream()
                    .dropWhile(word -> !word.equals("fault.type")).skip(1).toList();
            assertThat(types).hasSize(19);
            for (String type : types) {
                emulator.cloud().addFaults("{\"name\": \"" + type + "\", \"fault\": {\"type\": \"" + type
                        + "\"" + neededBy(type) + "}}");
            }
            assertThat(emulator.cloud().faults().json()).hasSameSizeAs(types);
        }
    }

    private static String neededBy(String type) {
        return switch (type) {
            case "latency", "provisioning", "delayed_visibility", "stale_list" -> ", \"ms\": 1";
            case "status" -> ", \"status\": 503";
            case "redirect" -> ", \"location\": \"http://127.0.0.1/\"";
            default -> "";
        };
    }
}
