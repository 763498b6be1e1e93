package io.keyfold.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TableTest {
    @Test
    void columns_are_aligned_and_lines_end_where_their_text_ends() {
        assertThat(new Table("A", "LONG", "C").row("1234", "x", "").row("1", "yy", "z").lines())
                .containsExactly("A     LONG  C", "1234  x", "1     yy    z");
    }

    @Test
    void colours_take_no_room() {
        var terminal = new Terminal(true);

        assertThat(new Table("A", "B").row(terminal.good("ok"), "1").row("long", "2").lines())
                .containsExactly("A     B", "\u001b[32mok\u001b[0m    1", "long  2");
    }

    @Test
    @Tag("case-18")
    @Tag("case-117")
    @Tag("case-120")
    void nothing_from_outside_breaks_the_table_or_drives_the_terminal() {
        assertThat(new Table("A", "B").row("one\ntwo", "\u0007bell \u001b[2J").lines())
                .containsExactly("A        B", "one two  ?bell ?[2J");
    }

    @Test
    void a_pipe_gets_neither_colours_nor_cursor_movements() {
        var pipe = new Terminal(false);

        assertThat(pipe.good("ok") + pipe.rewind(3)).isEqualTo("ok");
    }
}
