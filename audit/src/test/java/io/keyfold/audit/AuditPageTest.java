package io.keyfold.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The table in `docs/audit.md` is written from the invariants and what is planted against them; `-Dkeyfold.docs=write`
/// writes it anew.
class AuditPageTest {
    private static final Path PAGE = Path.of("..", "docs", "audit.md");
    private static final String BEGIN = "<!-- begin: written by AuditPageTest, -Dkeyfold.docs=write -->\n";
    private static final String END = "<!-- end -->\n";

    @Test
    void every_invariant_stands_in_the_document_with_what_is_planted_against_it() throws IOException {
        var text = Files.readString(PAGE);
        assertThat(Stream.of(BEGIN, END)).as("markers in docs/audit.md").allMatch(text::contains);
        var written = text.substring(0, text.indexOf(BEGIN) + BEGIN.length()) + table()
                + text.substring(text.indexOf(END));
        if ("write".equals(System.getProperty("keyfold.docs"))) {
            Files.writeString(PAGE, written);
        }
        assertThat(PAGE).as("stale: run with -Dkeyfold.docs=write").hasContent(written);
    }

    private static String table() {
        return "| invariant | says | needs | number | planted against it, beside `AuditorTest`'s `each_invariant_…[NAME]` |\n"
                + "| --- | --- | --- | --- | --- |\n"
                + Arrays.stream(Invariant.values()).map(AuditPageTest::row).collect(Collectors.joining());
    }

    private static String row(Invariant invariant) {
        var planted = AuditorTest.further().filter(one -> one.get()[1] == invariant)
                .map(one -> String.valueOf(one.get()[0])).collect(Collectors.joining("; "));
        return "| `" + invariant + "` | " + invariant.says() + " | " + invariant.needs().words() + " | "
                + numbers(invariant) + " | " + planted + " |\n";
    }

    /// The numbers of the invariants in the order of work.
    private static String numbers(Invariant invariant) {
        return switch (invariant) {
            case EACH_REQUEST_IS_ANSWERED_ONCE -> "C7";
            case AUDIT_HAS_NO_GAP, AUDIT_IS_SEALED, AUDIT_NAMES_ITS_CAUSE -> "case 127";
            case EACH_RECORD_CAN_BE_READ -> "C23";
            case REVISIONS_GROW -> "C8";
            case STATUS_TELLS_WHAT_THE_AUDIT_TELLS -> "C9, C20";
            case EACH_RUN_HAS_ONE_END -> "C7, C8, C13";
            case NO_REQUEST_RUNS_TWICE -> "C15";
            case RUNS_DO_NOT_MIX -> "C22";
            case NO_RUN_OUTLIVES_ITS_DEADLINE, ALL_IS_AT_REST -> "C21";
            case A_FAILED_RUN_LEAVES_NOTHING -> "C6";
            case NO_COMMAND_TWICE -> "C15, C24";
            case EACH_COMMAND_IS_ANSWERED, NO_EFFECT_WITHOUT_COMMAND, WHAT_IS_MADE_IS_TOLD -> "C10";
            case DEAD_LETTERS_NAME_THEIR_ORIGIN -> "C16";
            case NO_TRANSACTION_HANGS -> "C18";
            case ALL_IS_READ -> "C19";
            case WHAT_IS_MADE_IS_MARKED -> "C2";
            case NOTHING_OF_OTHERS_IS_DELETED -> "C3";
            case NOTHING_HELD_IS_DELETED -> "C11";
            case NOTHING_IS_DOUBLED -> "C4";
            case STATUS_AND_CLOUD_AGREE -> "C1, C5, C11";
            case WHAT_IS_USED_CAN_BE_USED -> "C5";
            case NOTHING_IS_LEFT_BEHIND -> "C1";
        };
    }
}
