package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LogsTest {
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

    private String line(Map<String, String> environment, Throwable failure) {
        var mdc = new LogbackMDCAdapter();
        logback.setMDCAdapter(mdc);
        new Logs(environment).configure(logback);
        mdc.put("cluster", "default/hpc-1");
        mdc.put("step", "ROOT_KEY");
        var logger = logback.getLogger(LogsTest.class);
        var event = new LoggingEvent(
                LogsTest.class.getName(), logger, Level.WARN, "{} is {}", failure,
                new Object[]{"hpc-1", "\"late\""});
        var console = (ConsoleAppender<ILoggingEvent>) logback.getLogger(Logger.ROOT_LOGGER_NAME)
                .getAppender("stderr");
        return new String(console.getEncoder().encode(event), StandardCharsets.UTF_8);
    }
}
