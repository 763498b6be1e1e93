package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LogsTest {
    /// Line breaks of all kinds, a terminal's escape in seven and in eight bits, and an override of the writing's direction.
    private static final String HOSTILE =
            "x\r\n09:00:00.000 INFO  FORGED: all is well\u001b[2J\u009b2J\u0085\u2028\u2029\u202e\0";
    private static final String ESCAPED =
            "x\\r\\n09:00:00.000 INFO  FORGED: all is well\\u001b[2J\\u009b2J\\u0085\\u2028\\u2029\\u202e\\u0000";

    private final LoggerContext logback = new LoggerContext();

    @Test
    void a_line_is_plain_text_unless_it_was_asked_for_otherwise() {
        assertThat(line(Map.of(), null))
                .matches("[0-9:.]+ WARN {2}LogsTest: hpc-1 is \"late\"\\R");
    }

    @Test
    void with_json_each_line_is_an_object_that_says_what_it_is_about() throws Exception {
        var line = line(Map.of("KEYFOLD_LOG_FORMAT", "json"), new IllegalStateException("because"));

        assertThat(line.strip().lines()).as(line).hasSize(1);
        var json = new ObjectMapper().readTree(line);
        assertThat(json.path("level").asText()).isEqualTo("WARN");
        assertThat(json.path("loggerName").asText()).isEqualTo(LogsTest.class.getName());
        assertThat(json.path("formattedMessage").asText()).isEqualTo("hpc-1 is \"late\"");
        assertThat(json.path("mdc").path("cluster").asText()).isEqualTo("default/hpc-1");
        assertThat(json.path("mdc").path("step").asText()).isEqualTo("ROOT_KEY");
        assertThat(json.path("timestamp").isNumber()).isTrue();
        assertThat(json.path("throwable").path("message").asText()).isEqualTo("because");
        assertThat(json.fieldNames()).toIterable().as("nothing twice")
                .doesNotContain("message", "arguments", "context", "sequenceNumber");
    }

    @Test
    @Tag("case-17")
    @Tag("case-18")
    @Tag("case-120")
    void nothing_from_outside_begins_a_line_of_its_own_or_drives_a_terminal() {
        var line = line(Map.of(), new IllegalStateException(HOSTILE, new IOException(HOSTILE)), HOSTILE);

        assertThat(line.lines().findFirst().orElseThrow()).endsWith(" WARN  LogsTest: hpc-1 is " + ESCAPED);
        assertThat(line.lines().filter(each -> each.contains("FORGED"))).hasSize(3)
                .allSatisfy(each -> assertThat(each).endsWith(ESCAPED));
        assertThat(line).doesNotContainPattern("[\\p{Cc}\\p{Cf}\u2028\u2029&&[^\n\t]]");
    }

    @Test
    @Tag("case-120")
    void in_json_what_comes_from_outside_stays_in_its_text() throws Exception {
        var line = line(
                Map.of("KEYFOLD_LOG_FORMAT", "json"), new IllegalStateException(HOSTILE, new IOException(HOSTILE)),
                HOSTILE);

        assertThat(line).endsWith("\n");
        assertThat(line.strip()).doesNotContainPattern("[\\x00-\\x1f]");
        var json = new ObjectMapper().readTree(line);
        assertThat(json.path("formattedMessage").asText()).isEqualTo("hpc-1 is " + HOSTILE);
        assertThat(json.path("throwable").path("message").asText()).isEqualTo(HOSTILE);
        assertThat(json.path("mdc").path("cluster").asText()).isEqualTo("default/hpc-1");
    }

    private String line(Map<String, String> environment, @Nullable Throwable failure) {
        return line(environment, failure, "\"late\"");
    }

    private String line(Map<String, String> environment, @Nullable Throwable failure, String what) {
        var mdc = new LogbackMDCAdapter();
        logback.setMDCAdapter(mdc);
        new Logs(environment).configure(logback);
        mdc.put("cluster", "default/hpc-1");
        mdc.put("step", "ROOT_KEY");
        var logger = logback.getLogger(LogsTest.class);
        var event = new LoggingEvent(
                LogsTest.class.getName(), logger, Level.WARN, "{} is {}", failure,
                new Object[]{"hpc-1", what});
        var console = (ConsoleAppender<ILoggingEvent>) logback.getLogger(Logger.ROOT_LOGGER_NAME)
                .getAppender("stderr");
        return new String(console.getEncoder().encode(event), StandardCharsets.UTF_8);
    }
}
