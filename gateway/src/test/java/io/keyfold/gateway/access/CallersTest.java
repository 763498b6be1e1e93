package io.keyfold.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallersTest {
    private static final String TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

    @TempDir
    private Path directory;

    @Test
    void a_token_is_its_listed_callers() throws IOException {
        var callers = Callers.listed(Optional.of(tokens("# people\nalice view sha256:" + TokenHash.of(TOKEN))),
                Optional.empty());

        assertThat(callers.caller(Optional.of(TOKEN), Optional.empty()))
                .contains(new Caller("alice", Role.VIEW, true));
        assertThat(callers.caller(Optional.of("another"), Optional.empty())).isEmpty();
        assertThat(callers.caller(Optional.empty(), Optional.empty())).isEmpty();
    }

    @Test
    void a_certificate_is_its_subjects_however_that_is_written() throws IOException {
        var file = Files.writeString(directory.resolve("subjects"), "orders request CN=Orders, O=Example Ltd\n");
        var callers = Callers.listed(Optional.empty(), Optional.of(file));

        assertThat(callers.caller(Optional.empty(), Optional.of(new X500Principal("cn=orders,o=example ltd"))))
                .contains(new Caller("orders", Role.REQUEST, true));
        assertThat(callers.caller(Optional.empty(), Optional.of(new X500Principal("CN=other,O=Example Ltd"))))
                .isEmpty();
    }

    @Test
    void an_unknown_token_is_not_made_good_by_a_certificate() throws IOException {
        var subjects = Files.writeString(directory.resolve("subjects"), "orders request CN=orders\n");
        var callers = Callers.listed(
                Optional.of(tokens("alice view sha256:" + TokenHash.of(TOKEN))), Optional.of(subjects));

        assertThat(callers.caller(Optional.of("wrong"), Optional.of(new X500Principal("CN=orders")))).isEmpty();
    }

    @Test
    void a_changed_file_is_read_again_and_a_broken_one_changes_nothing() throws IOException {
        var file = tokens("alice view sha256:" + TokenHash.of(TOKEN));
        var callers = Callers.listed(Optional.of(file), Optional.empty());

        change(file, "alice operate sha256:" + TokenHash.of(TOKEN));
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(
                () -> callers.caller(Optional.of(TOKEN), Optional.empty()).orElseThrow().role() == Role.OPERATE);
        change(file, "this is no list");
        Awaitility.await().during(Duration.ofMillis(1_500)).atMost(Duration.ofSeconds(30))
                .until(() -> callers.caller(Optional.of(TOKEN), Optional.empty()).isPresent());
        change(file, "bob view sha256:" + TokenHash.of("another"));
        Awaitility.await().atMost(Duration.ofSeconds(30))
                .until(() -> callers.caller(Optional.of(TOKEN), Optional.empty()).isEmpty());
    }

    @Test
    void a_wrong_line_is_told_by_its_number_and_not_by_what_it_says() {
        for (var line : new String[]{
            "alice view " + TOKEN, "alice admin sha256:" + TokenHash.of(TOKEN), "alice " + TOKEN,
            "alice view sha256:" + TOKEN + TOKEN}) {
            assertThatThrownBy(() -> Callers.listed(Optional.of(tokens("\n" + line)), Optional.empty()))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("line 2")
                    .hasMessageNotContaining(TOKEN);
        }
        assertThatThrownBy(
                () -> Callers.listed(
                        Optional.empty(),
                        Optional.of(Files.writeString(directory.resolve("s"), "alice view " + TOKEN))))
                .hasMessageContaining("line 1").hasMessageNotContaining(TOKEN);
    }

    @Test
    void where_nobody_is_listed_everybody_may_do_everything() {
        assertThat(Callers.anybody().caller(Optional.empty(), Optional.empty()))
                .contains(new Caller("local", Role.OPERATE, false));
    }

    private Path tokens(String lines) throws IOException {
        return Files.writeString(directory.resolve("tokens"), lines + "\n");
    }

    /// A file system's clock may be coarse.
    private static void change(Path file, String line) throws IOException {
        var before = Files.getLastModifiedTime(file).toInstant();
        Files.writeString(file, line + "\n");
        Files.setLastModifiedTime(file, FileTime.from(later(before)));
    }

    private static Instant later(Instant before) {
        return before.plusSeconds(2);
    }
}
