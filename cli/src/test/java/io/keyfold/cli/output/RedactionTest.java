package io.keyfold.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("case-111")
class RedactionTest {
    private static final String API_KEY = "x9Qk_2mV7Zt-Yh0PbL4sWcRnE1uGdJfA8oTi3KvMxB5q";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "apikey=hunter2!",
                "{\"password\": \"hunter2!\"}",
                "Authorization: Bearer hunter2!",
                "IBM_API_KEY = 'hunter2!'",
                "token:hunter2!"})
    void what_follows_a_telling_name_is_hidden(String text) {
        assertThat(Redaction.of(text)).doesNotContain("hunter2").contains(Redaction.HIDDEN);
        assertThat(Redaction.masked(text)).doesNotContain("hunter2").hasSameSizeAs(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                API_KEY,
                "eyJraWQiOiIyMDI2In0.eyJpYW1faWQiOiJJQk0i.c2lnbmF0dXJlLW9mLWl0",
                "kT3nQ9vXz2LwA8rYb5UdEg==",
                "00112233445566778899aabbccddeeff"})
    void what_looks_like_a_key_or_a_token_is_hidden(String secret) {
        assertThat(Redaction.of("sent by " + secret + ", twice")).isEqualTo("sent by [hidden], twice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "default/hpc-existing-us-south-1",
                "3f0b5c1e-9a7d-4c4e-8a51-2b1b6d1f0c9e",
                "2026-01-31T18:00:00Z",
                "skip_iam_block_storage_authorization_policy",
                "The token service is down. Send it again in the topic's record type, by its registered schema."})
    void names_and_sentences_stay(String text) {
        assertThat(Redaction.of(text)).isEqualTo(text);
    }

    @Test
    void in_a_hex_dump_it_is_stars_in_both_columns_also_where_the_end_cuts_it_off() {
        var dump = HexDump.of(("x".repeat(250) + " " + API_KEY).getBytes(StandardCharsets.UTF_8));

        assertThat(dump).contains("2a 2a 2a 2a 2a", "*****", "39 more bytes").doesNotContain("78 39 51 6b", "x9Qk");
    }

    @Test
    void a_hex_dump_drives_no_terminal() {
        assertThat(HexDump.of("\u001b[2J\r\nü".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("000000  1b 5b 32 4a 0d 0a c3 bc                          .[2J....");
    }
}
