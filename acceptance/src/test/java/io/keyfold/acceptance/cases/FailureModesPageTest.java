package io.keyfold.acceptance.cases;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.acceptance.cases.TaggedTests.TaggedTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/// `docs/failure-modes.md` lists each way in which something can fail, what is expected then, and the tests that show
/// it: those tagged `case-N`, in whatever module. `-Dkeyfold.docs=write` writes it anew.
@TestInstance(Lifecycle.PER_CLASS)
@DisplayNameGeneration(ReplaceUnderscores.class)
class FailureModesPageTest {
    private static final int CASES = 127;
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PAGE = ROOT.resolve("docs/failure-modes.md");
    private static final Path CATALOGUE = Path.of("src/test/resources/failure-modes.tsv");

    private final List<String> lines;
    private final Map<Integer, FailureMode> modes;
    private final Map<Integer, List<TaggedTest>> tests;

    FailureModesPageTest() throws IOException {
        lines = Files.readAllLines(CATALOGUE);
        modes = lines.stream()
                .filter(line -> !isHeading(line))
                .map(FailureMode::of)
                .collect(toMap(FailureMode::number, mode -> mode));
        tests = TaggedTests.of(ROOT, "case-").stream().collect(groupingBy(test -> Integer.parseInt(test.tag())));
    }

    @Test
    void every_case_has_one_line() {
        assertThat(modes.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, CASES).boxed().toList());
    }

    @Test
    void every_case_is_shown_by_a_test_or_says_why_not() {
        assertThat(modes.values())
                .allSatisfy(mode -> assertThat(tests.containsKey(mode.number()) || !mode.reason().isEmpty())
                        .as("case %d has a test tagged case-%d, or a reason", mode.number(), mode.number())
                        .isTrue());
    }

    @Test
    void every_tag_is_that_of_a_case() {
        assertThat(modes.keySet()).containsAll(tests.keySet());
    }

    @Test
    void the_page_is_up_to_date() throws IOException {
        var text = page();
        if ("write".equals(System.getProperty("keyfold.docs"))) {
            Files.writeString(PAGE, text);
        }
        assertThat(PAGE).as("stale: run with -Dkeyfold.docs=write").hasContent(text);
    }

    private String page() {
        var text = new StringBuilder(
                """
                        # Failure modes

                        <!-- Written by FailureModesPageTest from acceptance/src/test/resources/failure-modes.tsv and the tests'
                             tags: run it with -Dkeyfold.docs=write -->

                        What can go wrong, what Keyfold does then, and the tests that show it. A test that shows case 29 bears
                        `@Tag("case-29")`; `mvn verify -Dgroups=case-29` runs those tests alone. A test that not every build runs
                        names the option with which it runs. What no test shows says why, in italics. %d of the %d cases have a test.
                        """
                        .formatted(tests.size(), CASES));
        for (var line : lines) {
            text.append(isHeading(line) ? heading(line) : row(FailureMode.of(line)));
        }
        return text.toString();
    }

    private static boolean isHeading(String line) {
        return line.startsWith("# ");
    }

    private static String heading(String line) {
        return "\n#" + line + "\n\n| case | what happens | what is expected | shown by |\n| --- | --- | --- | --- |\n";
    }

    private String row(FailureMode mode) {
        var shown = new ArrayList<>(classes(tests.getOrDefault(mode.number(), List.of())));
        if (!mode.reason().isEmpty()) {
            shown.add("*" + mode.reason() + "*");
        }
        return "| %d | %s | %s | %s |\n"
                .formatted(mode.number(), mode.happens(), mode.expected(), String.join("<br>", shown));
    }

    /// One entry a class, with the tests of it as they read.
    private static List<String> classes(List<TaggedTest> shown) {
        return shown.stream()
                .collect(groupingBy(
                        FailureModesPageTest::link, LinkedHashMap::new,
                        mapping(FailureModesPageTest::words, joining("; "))))
                .entrySet()
                .stream()
                .map(entry -> entry.getKey() + (entry.getValue().isEmpty() ? "" : ": " + entry.getValue()))
                .toList();
    }

    private static String words(TaggedTest test) {
        return Stream.of(test.words(), test.only().isEmpty() ? "" : "(`" + test.only() + "`)")
                .filter(part -> !part.isEmpty()).collect(joining(" "));
    }

    private static String link(TaggedTest test) {
        return "[%s](../%s)".formatted(test.className(), test.source().toString().replace('\\', '/'));
    }
}
