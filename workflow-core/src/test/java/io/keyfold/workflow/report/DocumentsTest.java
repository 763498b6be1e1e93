package io.keyfold.workflow.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.StepStatus;
import io.keyfold.workflow.saga.RunState;
import io.keyfold.workflow.saga.Standing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DocumentsTest {
    private static final Path DOCS = Path.of("..", "docs");

    @Test
    void the_page_of_errors_is_up_to_date() throws IOException {
        Path page = DOCS.resolve("errors.md");
        if ("write".equals(System.getProperty("keyfold.docs"))) {
            Files.writeString(page, ErrorsPage.text());
        }
        assertThat(page).as("write it anew with -Dkeyfold.docs=write").hasContent(ErrorsPage.text());
    }

    @Test
    void the_page_of_statuses_has_every_word_of_every_kind() throws IOException {
        String page = Files.readString(DOCS.resolve("statuses.md"));

        assertThat(words(page, "Standing")).containsExactlyInAnyOrderElementsOf(names(Standing.values()));
        assertThat(words(page, "Runs")).containsExactlyInAnyOrderElementsOf(names(RunState.values()));
        assertThat(words(page, "Ownership")).containsExactlyInAnyOrderElementsOf(names(ReportedOwnership.values()));
        assertThat(words(page, "Steps")).containsExactlyInAnyOrderElementsOf(names(ReportedStepState.values()));
    }

    @Test
    void the_schema_names_the_step_states_that_there_are() {
        String doc = StepStatus.getClassSchema().getField("state").doc();
        assertThat(doc).isEqualTo(
                "Where it stands: " + Arrays.stream(ReportedStepState.values()).map(Enum::name)
                        .collect(Collectors.joining(", ")) + ".");
    }

    private static List<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(Enum::name).toList();
    }

    /// The words in the first column of the tables of a section.
    private static List<String> words(String page, String section) {
        String text = page.split("\n## " + section + "\n", 2)[1].split("\n## ", 2)[0];
        return Stream.of(text.split("\n")).filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(3, line.indexOf('`', 3))).toList();
    }
}
