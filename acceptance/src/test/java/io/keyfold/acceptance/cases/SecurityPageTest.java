package io.keyfold.acceptance.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// `docs/security.md` is signed off: what it says was reviewed as it stands. Whoever changes it reviews it, and signs anew: the
/// failure says what is to be written.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SecurityPageTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PAGE = ROOT.resolve("docs/security.md");
    private static final String SIGNED = "\n## Signed off\n";
    private static final Pattern CASES = Pattern.compile("\\((\\d+(?:(?:, | to )\\d+)*)(?:, \\[[^)]*\\))?\\)");
    private static final Pattern RANGE = Pattern.compile("(\\d+)(?: to (\\d+))?");
    private static final Pattern TEST_CLASS = Pattern.compile("`([A-Z]\\w+(?:IT|Test))`");
    private static final Pattern DATE = Pattern.compile("20\\d\\d-\\d\\d-\\d\\d");

    private final String page;
    private final String signature;

    SecurityPageTest() throws IOException {
        String text = Files.readString(PAGE);
        assertThat(text).as("a section that says who has reviewed it").contains(SIGNED);
        page = text.substring(0, text.indexOf(SIGNED) + 1);
        signature = text.substring(text.indexOf(SIGNED));
    }

    @Test
    void what_was_signed_off_is_what_stands_there() throws NoSuchAlgorithmException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(page.getBytes(StandardCharsets.UTF_8));

        assertThat(signature).as("the page has been changed since: review it, and sign it off anew")
                .contains("`" + HexFormat.of().formatHex(digest, 0, 8) + "`");
    }

    @Test
    void it_says_who_has_reviewed_which_version_what_remains_and_when_it_is_to_be_reviewed_again() {
        assertThat(signature).contains("| reviewed by | ", "| not reviewed by | ", "| what was done | ", "| remains | ")
                .containsPattern("\\| version \\| commit `[0-9a-f]{40}`");
        List<LocalDate> dates =
                DATE.matcher(signature).results().map(MatchResult::group).map(LocalDate::parse).toList();
        assertThat(dates).as("reviewed on, and again by").hasSize(2).isSorted();
        assertThat(dates.getLast()).isBeforeOrEqualTo(dates.getFirst().plusMonths(6));
    }

    @Test
    void every_case_that_it_names_is_shown_by_a_test() throws IOException {
        List<Integer> shown = TaggedTests.of(ROOT, "case-").stream().map(test -> Integer.valueOf(test.tag())).toList();
        List<Integer> named =
                CASES.matcher(page).results().map(match -> match.group(1)).flatMap(SecurityPageTest::numbers)
                        .toList();

        assertThat(named).hasSizeGreaterThan(20);
        assertThat(shown).containsAll(named);
    }

    @Test
    void every_test_that_it_names_is_there() throws IOException {
        List<String> named =
                TEST_CLASS.matcher(page + signature).results().map(match -> match.group(1) + ".java").distinct()
                        .toList();
        try (Stream<Path> files = Files.find(
                ROOT, 16, (path, _) -> path.toString().contains("/src/test/java/") && named.contains(name(path)))) {
            assertThat(files.map(SecurityPageTest::name).collect(Collectors.toSet())).hasSizeGreaterThan(3)
                    .containsExactlyInAnyOrderElementsOf(named);
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static Stream<Integer> numbers(String list) {
        return RANGE.matcher(list).results().flatMap(range -> {
            int first = Integer.parseInt(range.group(1));
            return IntStream.rangeClosed(first, range.group(2) == null ? first : Integer.parseInt(range.group(2)))
                    .boxed();
        });
    }
}
