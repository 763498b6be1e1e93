package io.keyfold.cli.input;

import io.keyfold.workflow.wire.InvalidInput;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TfvarsReaderTest {
    @Test
    void every_kind_of_value_is_read() {
        var values = read("""
                cluster_prefix = "hpc-1"   # a comment
                zones = ["us-south-1", "us-south-2",]
                key_management=null        // another
                skip_kms_s2s_auth_policy = true
                /* several
                   lines */
                count = 3
                labels = { team = "ops", "cost center": "42" }
                """);

        assertThat(values)
                .containsEntry("cluster_prefix", "hpc-1")
                .containsEntry("zones", List.of("us-south-1", "us-south-2"))
                .containsEntry("key_management", null)
                .containsEntry("skip_kms_s2s_auth_policy", true)
                .containsEntry("count", new BigDecimal(3))
                .containsEntry("labels", Map.of("team", "ops", "cost center", "42"));
    }

    @Test
    void escapes_in_strings_are_read() {
        assertThat(read("name = \"a \\\"b\\\" \\\\ c\\n\"")).containsEntry("name", "a \"b\" \\ c\n");
    }

    @Test
    void a_doubled_sign_before_a_brace_is_no_template() {
        assertThat(read("name = \"$${key} 50%%{x} $$ 5% $\"")).containsEntry("name", "${key} 50%{x} $$ 5% $");
    }

    @Test
    void an_empty_file_gives_nothing() {
        assertThat(read("")).isEmpty();
        assertThat(read("# only a comment")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "a = \"${var.prefix}-1\" | line 1: a template (${…}) is not supported",
        "a = <<EOT | line 1: a heredoc (<<) is not supported",
        "a = \"open | line 1: a string is not closed",
        "a = hello | line 1: hello is no value",
        "a \"b\" | line 1: '=' was expected",
        "= 3 | line 1: a name was expected",
        "a = | line 1: a value was expected, not the end",
        "a = [1, 2 | line 1: a value was expected, not the end",
        "a = \"\\q\" | line 1: \\q is no escape",
    })
    void what_cannot_be_read_is_named_with_its_line(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("x.tfvars, " + message);
    }

    @Test
    void a_name_that_is_given_twice_is_refused() {
        assertThatThrownBy(() -> read("a = 1\n\na = 2")).hasMessage("x.tfvars, line 3: a is given twice");
    }

    private static Map<String, @Nullable Object> read(String text) {
        return TfvarsReader.read("x.tfvars", text);
    }
}
