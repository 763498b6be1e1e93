package io.keyfold.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The page that draws a file of spans, with the trace of a cluster of the demo that the documents show.
@EnabledIfSystemProperty(named = "keyfold.browser", matches = "true", disabledReason = "mvn verify -Pbrowser")
class TraceIsDrawnBrowserIT {
    private static final Path DOCS = Path.of("..", "docs").toAbsolutePath().normalize();
    private static final Path SPANS = DOCS.resolve("traces").resolve("hpc-fail.jsonl");

    @TempDir
    private static Path directory;

    private static final String LEFT = "\uE012";
    private static final String RIGHT = "\uE014";

    private static Gateway gateway;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.start();
        gateway = GatewaySite.shared().gateway(Map.of());
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (gateway != null) {
            gateway.close();
        }
    }

    @BeforeEach
    void aWideLightWindow() {
        browser.size(1440, 960);
        browser.dark(false);
    }

    @AfterEach
    void nothingIsComplainedOf() {
        assertThat(browser.complaints()).isEmpty();
    }

    private static void openSpans() {
        browser.open(gateway.address().resolve("/trace.html"));
        browser.await("document.readyState === 'complete'");
        browser.give("#file", SPANS);
        browser.await("document.querySelectorAll('.span').length > 20");
    }

    private static int rows() {
        return browser.script("return document.querySelectorAll('.span').length").asInt();
    }

    private static String chosen() {
        return browser.text(".span[aria-selected='true'] .words");
    }

    @Test
    void each_span_is_a_row_below_the_one_that_it_is_a_part_of() throws IOException {
        openSpans();

        var spans = Files.readString(SPANS).split("\"spanId\"", -1).length - 1;
        assertThat(rows()).isEqualTo(spans);
        assertThat(browser.text("#title")).isEqualTo("run deploy default/hpc-fail");
        assertThat(browser.text("#sum")).contains("failed", spans + " spans");
        assertThat(browser.text(".span.failed .words")).isNotEmpty();
        assertThat(browser.script(
                "return [...document.querySelectorAll('.span')].filter(it => it.getAttribute('aria-level') === '1').length")
                .asInt()).isEqualTo(1);
        assertThat(browser.script("return document.querySelector('.beam').getBoundingClientRect().width").asDouble())
                .as("the run's beam is the whole").isGreaterThan(500);
    }

    @Test
    void keys_move_fold_and_open() {
        openSpans();
        var all = rows();
        browser.script("document.querySelector('#spans').focus()");

        browser.type(Browser.DOWN);
        assertThat(chosen()).isEqualTo("provision KMS instance");
        browser.type(Browser.ENTER);
        assertThat(browser.text("#details")).contains("keyfold.command.id", "keyfold.cluster.id");
        browser.type(Browser.ESCAPE);
        assertThat(browser.script("return document.querySelector('#details').checkVisibility()").asBoolean()).isFalse();
        browser.type(LEFT); // folds it
        assertThat(rows()).isLessThan(all);
        browser.type(RIGHT);
        assertThat(rows()).isEqualTo(all);
        browser.type(LEFT);
        browser.type(LEFT); // to its parent
        assertThat(chosen()).isEqualTo("run deploy");
        browser.type(LEFT);
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void what_is_no_file_of_spans_is_said() throws IOException {
        browser.open(gateway.address().resolve("/trace.html"));
        browser.await("document.readyState === 'complete'");
        var file = Files.writeString(directory.resolve("no.json"), "no");

        browser.give("#file", file);

        browser.await("document.querySelector('#trouble').textContent.includes('OTLP')");
    }

    @Test
    void nothing_is_sent_anywhere() throws Exception {
        browser.hostsAsked();
        openSpans();

        assertThat(browser.hostsAsked()).containsExactly(gateway.address().toString());
    }

    @Test
    void it_is_drawn_for_the_documents_in_light_and_looks_right_in_the_dark_and_on_a_phone() throws Exception {
        openSpans();
        var pictures = "write".equals(System.getProperty("keyfold.docs")) ? DOCS.resolve("images") : directory;
        browser.screenshot(pictures.resolve("trace.png"));
        browser.dark(true);
        browser.screenshot(directory.resolve("trace-dark.png"));
        browser.dark(false);
        browser.size(390, 844);

        assertThat(Files.size(pictures.resolve("trace.png"))).isGreaterThan(20_000);
        assertThat(Files.readAllBytes(directory.resolve("trace-dark.png")))
                .isNotEqualTo(Files.readAllBytes(pictures.resolve("trace.png")));
        assertThat(browser.script("return document.documentElement.scrollWidth <= innerWidth").asBoolean()).isTrue();
    }
}
