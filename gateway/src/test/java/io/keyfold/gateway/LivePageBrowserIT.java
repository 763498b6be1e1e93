package io.keyfold.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ControlAction;
import io.keyfold.contract.RunState;
import io.keyfold.schemas.Topics;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The live page as a person has it: a real Chromium, a real gateway, a real broker.
@EnabledIfSystemProperty(named = "keyfold.browser", matches = "true", disabledReason = "mvn verify -Pbrowser")
class LivePageBrowserIT {
    private static final GatewaySite SITE = GatewaySite.shared();
    private static final int CLUSTERS = 300;
    private static final String ROWS = "document.querySelectorAll('.row:not(.awaited):not([hidden])').length";

    /// Where the documents' pictures go; they are made anew with `-Dkeyfold.docs=write`.
    private static final Path PICTURES = Path.of("..", "docs", "images");

    @TempDir
    private static Path directory;

    private static FleetOfAllKinds fleet;
    private static Gateway gateway;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.start();
        fleet = new FleetOfAllKinds("page", Clock.systemUTC().instant());
        for (var number = 0; number < CLUSTERS; number++) {
            SITE.publish(fleet.status(number, 4));
            fleet.audit(number).forEach(SITE::publish);
        }
        SITE.flush();
        gateway = SITE.gateway(Map.of());
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
        browser.size(1440, 900);
        browser.dark(false);
    }

    @AfterEach
    void nothingIsComplainedOf() {
        assertThat(browser.complaints()).isEmpty();
    }

    private static void open(String address) {
        browser.open(gateway.address().resolve(address));
    }

    private static void openList(String query) {
        open("/" + query);
        browser.await(ROWS + " > 3");
    }

    private static void openCluster(int number) {
        open("/?cluster=default/" + fleet.prefix(number));
        browser.await("document.querySelector('.timeline .entry')");
    }

    private static String address() {
        return browser.script("return location.pathname + location.search").asText();
    }

    @Test
    void everything_comes_from_the_gateway_itself() throws Exception {
        browser.hostsAsked();
        openList("");
        openCluster(7);

        assertThat(browser.hostsAsked()).containsExactly(gateway.address().toString());
        assertThat(browser.script("return document.cookie + localStorage.length").asText()).isEqualTo("0");
    }

    @Test
    void the_fleet_is_counted_and_each_count_is_a_filter() {
        openList("");
        browser.await("document.querySelector('.tile.bad .value').textContent !== '–'");

        browser.click(".tile.bad");

        browser.await("document.querySelector('.tile.bad').getAttribute('aria-pressed') === 'true'");
        assertThat(address()).isEqualTo("/?run_state=FAILED,COMPENSATION_FAILED,KEY_IN_USE");
        browser.await("document.querySelector('#matched').textContent.includes(' of ')");
        var counted = browser.text(".tile.bad .value");
        assertThat(browser.text("#matched")).startsWith(counted + " of ");
        browser.await(
                "[...document.querySelectorAll('.row:not([hidden]) .run-state')].every(it => /Failed|Key in use/.test(it.textContent))");

        browser.back();

        browser.await("document.querySelector('.tile.bad').getAttribute('aria-pressed') === 'false'");
        assertThat(address()).isEqualTo("/");
    }

    @Test
    void a_search_finds_by_a_keys_crn_and_stands_in_the_address() {
        openList("");
        browser.click("#search");

        browser.type("key:key-122");

        browser.await("document.querySelectorAll('.row:not([hidden])').length === 1");
        assertThat(browser.text(".row:not([hidden]) .prefix")).isEqualTo(fleet.prefix(122));
        assertThat(address()).isEqualTo("/?q=key%3Akey-122");
        open(address());
        browser.await("document.querySelector('#search').value === 'key:key-122'");
    }

    @Test
    void only_the_rows_that_can_be_seen_are_in_the_document() {
        openList("?q=page-");
        browser.await("document.querySelector('#list').getAttribute('aria-rowcount') === '" + CLUSTERS + "'");

        assertThat(browser.script("return document.querySelectorAll('.row').length").asInt()).isLessThan(60);

        browser.click("#list");
        browser.script("document.querySelector('#list').focus()");
        browser.type(Browser.ESCAPE + Browser.END);

        browser.await(
                "[...document.querySelectorAll('.row.active .prefix')].some(it => it.textContent === '"
                        + fleet.prefix(CLUSTERS - 1) + "')");
        assertThat(browser.script("return document.querySelectorAll('.row').length").asInt()).isLessThan(60);
    }

    @Test
    void all_of_it_can_be_done_with_the_keyboard() {
        openList("");
        browser.script("document.activeElement.blur()");

        browser.type("/page-0000" + Browser.ENTER);
        browser.await("document.querySelector('#matched').textContent.startsWith('100 of')");
        assertThat(browser.script("return document.activeElement.id").asText()).isEqualTo("list");

        browser.type(Browser.DOWN + Browser.DOWN);
        browser.await("document.querySelector('.row.active .prefix').textContent === '" + fleet.prefix(2) + "'");
        assertThat(browser.script("""
                const id = document.querySelector('#list').getAttribute('aria-activedescendant');
                return document.getElementById(id).innerText""").asText()).contains(fleet.prefix(2));

        browser.type(Browser.ENTER);
        browser.await("document.querySelector('#cluster h2')?.textContent === 'default/" + fleet.prefix(2) + "'");
        assertThat(browser.script("return document.activeElement.tagName").asText()).isEqualTo("H2");
        assertThat(address()).isEqualTo("/?q=page-0000&cluster=default/" + fleet.prefix(2));

        browser.type(Browser.ESCAPE);
        browser.await("document.querySelector('#cluster').hidden");
        assertThat(browser.script("return document.activeElement.id").asText()).isEqualTo("list");
    }

    @Test
    void a_failed_cluster_tells_ibms_error_and_what_to_do() {
        openCluster(7);

        var told = browser.text("#cluster");
        assertThat(told).contains(
                "FORBIDDEN",
                "UNAUTHORIZED_ERR",
                "Unauthorized: The user does not have access to the specified resource",
                "7f3a9d1c-50e2-4d2b-9a5e-3f0f6a1f2b11",
                "Grant the worker's service ID the service role Manager",
                "orchestrator-eu",
                "The request begins run 1.");
        assertThat(browser.text(".first .took")).isEqualTo("9.3 s");
        assertThat(browser.script("return document.querySelector('.fault .copy').getAttribute('aria-label')").asText())
                .isEqualTo("Copy transaction id");
        assertThat(browser.script("return document.querySelector('.field time').title").asText()).endsWith(" UTC");
    }

    @Test
    @Tag("case-117")
    void what_looks_like_markup_is_shown_as_text_and_does_nothing() {
        var markup = "<img src=x onerror='window.ran = 1'><script>window.ran = 1</script>";
        SITE.publish(
                Statuses.completed("markup-1").setExternalId(markup)
                        .setLastRun(
                                Statuses.run("markup-1", RunState.FAILED).setMessage(markup).setRemedy(markup)
                                        .setRequestedBy(markup).build())
                        .build());
        SITE.publish(ClusterEncryptionAudit.newBuilder(Statuses.audit("markup-1", 1)).setMessage(markup).build());
        SITE.flush();
        open("/?q=markup-1&cluster=default/markup-1");
        browser.await("document.querySelector('.timeline .entry')");
        browser.await("document.querySelector('.row:not([hidden]) .name')");

        assertThat(browser.text("#cluster").split(Pattern.quote(markup), -1).length).as("how often it is shown")
                .isGreaterThan(4);
        assertThat(browser.script("return document.querySelectorAll('body img, body script').length").asInt()).isZero();
        assertThat(browser.script("return window.ran === undefined").asBoolean()).isTrue();
    }

    @Test
    void a_cluster_lists_what_encrypts_it_with_whose_things() {
        openCluster(2);

        assertThat(browser.text(".section.storage")).contains(
                "Block storage", fleet.prefix(2) + "-key", "Created", "Skipped", "since");
        assertThat(browser.script("return document.querySelector('.resource code').title").asText())
                .startsWith("crn:v1:bluemix:public:kms:");
    }

    @Test
    void what_changes_is_seen_without_a_reload() {
        open("/?q=live-page-1");
        browser.await("document.querySelector('#matched').textContent === 'No cluster matches.'");
        SITE.publish(Statuses.completed("live-page-1").build());
        SITE.flush();
        browser.await("document.querySelector('.row:not([hidden]) .run-state')?.textContent === 'Completed'");
        browser.click(".row:not([hidden]) .name");
        browser.await("document.querySelector('.section.run .states')");
        browser.script("window.stillTheSame = true");

        SITE.publish(
                Statuses.completed("live-page-1").setRevision(2)
                        .setLastRun(Statuses.run("live-page-1", RunState.IN_PROGRESS).setMessage("Under way.").build())
                        .build());
        SITE.flush();

        browser.await("document.querySelector('.row:not([hidden]) .run-state')?.textContent === 'In progress'");
        browser.await("document.querySelector('.section.run .lead').textContent === 'Under way.'");
        assertThat(browser.script("return window.stillTheSame").asBoolean()).isTrue();
    }

    @Test
    void a_deprovision_wants_the_prefix_typed_and_is_asked_for_once() {
        openCluster(12);
        browser.click("[data-action=deprovision]");
        browser.await("document.querySelector('dialog[open]')");
        assertThat(browser.script("return document.querySelector('dialog .main').disabled").asBoolean()).isTrue();

        browser.click("#reason");
        browser.type("the project has ended");
        browser.click("#typed");
        browser.type(fleet.prefix(12) + Browser.ENTER);

        browser.await("!document.querySelector('dialog')");
        browser.await("document.querySelector('.said')?.textContent.includes('asked for')");
        var controls = SITE.read(Topics.CLUSTER_CONTROL_REQUESTED).stream()
                .filter(it -> it.getClusterId().equals("default/" + fleet.prefix(12))).toList();
        assertThat(controls).singleElement().satisfies(control -> {
            assertThat(control.getAction()).isEqualTo(ControlAction.DEPROVISION);
            assertThat(control.getReason()).isEqualTo("the project has ended");
            assertThat(control.getRequestId()).isEqualTo("request-page-12");
            assertThat(control.getControlId()).startsWith("page-");
        });
    }

    @Test
    void a_dialog_that_is_left_asks_for_nothing() {
        openCluster(13);
        browser.click("[data-action=verify]");
        browser.await("document.querySelector('dialog[open]')");

        browser.type(Browser.ESCAPE);

        browser.await("!document.querySelector('dialog')");
        assertThat(browser.script("return document.querySelector('#cluster').hidden").asBoolean()).isFalse();
        assertThat(
                SITE.read(Topics.CLUSTER_CONTROL_REQUESTED).stream()
                        .filter(it -> it.getClusterId().equals("default/" + fleet.prefix(13))))
                .isEmpty();
    }

    @Test
    void a_cluster_that_is_not_there_is_said_to_be_so() {
        open("/?cluster=default/nowhere");

        browser.await("document.querySelector('#cluster .notice.bad')");

        assertThat(browser.text("#cluster .notice.bad")).contains("There is no such cluster");
        assertThat(browser.complaints()).allSatisfy(it -> assertThat(it).contains("404"));
    }

    @Test
    void who_must_show_a_token_is_asked_for_it_and_sees_the_buttons_of_its_role() throws Exception {
        var token = "viewer-0123456789abcdef0123456789abcdef";
        var hash = HexFormat.of().formatHex(
                MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        var file = Files.writeString(directory.resolve("tokens"), "vera view sha256:" + hash + "\n");
        try (var closed = SITE.gateway(Map.of("gateway.tokens.file", file.toString()))) {
            browser.open(closed.address().resolve("/?cluster=default/" + fleet.prefix(12)));
            browser.await("document.querySelector('#token')");
            assertThat(browser.script("return document.querySelectorAll('dialog').length").asInt()).isEqualTo(1);

            browser.type(Browser.ESCAPE);
            browser.await("document.querySelector('#caller button')?.textContent === 'Show a token'");
            browser.await("document.querySelector('#live').textContent.startsWith('Not live')");
            assertThat(browser.script("return document.querySelectorAll('dialog').length").asInt()).isZero();
            browser.click("#caller button");
            browser.await("document.querySelector('#token')");
            browser.type(token + Browser.ENTER);

            browser.await("document.querySelector('.timeline .entry')");
            browser.await(ROWS + " > 3");
            browser.await("document.querySelector('#caller').textContent.includes('vera')");
            browser.await("document.querySelector('#live').textContent === 'Live'");
            assertThat(browser.script("return document.querySelectorAll('.action').length").asInt()).isZero();
            assertThat(browser.script("return [sessionStorage.length, localStorage.length].join()").asText())
                    .isEqualTo("1,0");
            assertThat(address()).doesNotContain("viewer");
            assertThat(browser.complaints()).allSatisfy(it -> assertThat(it).contains("401"));
            browser.script("sessionStorage.clear()");
            openAway();
        }
    }

    @Test
    void says_when_it_is_not_live_and_is_so_again_by_itself() throws Exception {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        var settings = Map.of("gateway.port", String.valueOf(port));
        var first = SITE.gateway(settings);
        browser.open(URI.create("http://127.0.0.1:" + port + "/"));
        browser.await(ROWS + " > 3");
        browser.await("document.querySelector('#live').textContent === 'Live'");

        first.close();

        browser.await("document.querySelector('#live').textContent.startsWith('Not live since')");
        assertThat(browser.script("return " + ROWS).asInt()).isGreaterThan(3);
        try (var second = SITE.gateway(settings)) {
            assertThat(second.isHealthy()).isTrue();
            browser.await("document.querySelector('#live').textContent === 'Live'");
            openAway();
        }
        browser.complaints(); // a browser complains of a connection that is refused, and is right
    }

    private static void openAway() {
        browser.open(URI.create("about:blank"));
    }

    @Test
    void fits_from_a_phone_to_a_wide_screen_and_can_be_read_in_dark_and_light() throws Exception {
        for (var isDark : new boolean[]{false, true}) {
            for (var width : new int[]{360, 768, 1280, 2200}) {
                browser.size(width, 800);
                browser.dark(isDark);
                for (var number : List.of(2, 3, 7, 11, 19, 31, 42)) {
                    openCluster(number);
                    requireReadable(width + (isDark ? " dark " : " light ") + number);
                }
                openList("");
                requireReadable(width + (isDark ? " dark" : " light"));
            }
        }
    }

    private static void requireReadable(String where) throws Exception {
        var script = new String(
                LivePageBrowserIT.class.getResourceAsStream("/page/readable.js").readAllBytes(),
                StandardCharsets.UTF_8);
        assertThat(GatewaySite.JSON.writeValueAsString(browser.script(script))).as(where).isEqualTo("[]");
    }

    @Test
    void everything_that_can_be_used_has_a_name() {
        openCluster(2);

        assertThat(nameless()).isEmpty();
        browser.click("[data-action=deprovision]");
        browser.await("document.querySelector('dialog[open]')");
        assertThat(nameless()).isEmpty();
    }

    private static List<String> nameless() {
        var used = List.of("button", "link", "textbox", "searchbox", "combobox", "grid", "dialog", "row", "navigation");
        var nameless = new java.util.ArrayList<String>();
        browser.devTools("Accessibility.getFullAXTree", Browser.object()).get("nodes").forEach(node -> {
            var role = node.at("/role/value").asText();
            if (!node.path("ignored").asBoolean() && used.contains(role) && node.at("/name/value").asText().isBlank()) {
                nameless.add(role + " " + node.get("backendDOMNodeId"));
            }
        });
        return nameless;
    }

    @Test
    void pictures_are_taken_for_the_documents() throws Exception {
        var directory = Optional.ofNullable(System.getProperty("keyfold.docs")).filter("write"::equals)
                .map(_ -> PICTURES).orElse(Path.of("target", "pictures"));
        browser.size(1280, 720);
        openList("?q=page-");
        picture(directory, "live-page.png");
        openCluster(7);
        picture(directory, "live-page-cluster.png");
        browser.dark(true);
        openCluster(3);
        browser.script("document.querySelector('.cluster-body').scrollTop = 250");
        picture(directory, "live-page-dark.png");
        browser.dark(false);
        browser.size(360, 740);
        openList("?q=page-");
        picture(directory, "live-page-phone.png");
    }

    private static void picture(Path directory, String name) throws Exception {
        browser.await("document.querySelector('#live').textContent === 'Live'");
        Awaitility.await().until(() -> browser.script("return document.fonts.status === 'loaded'").asBoolean());
        browser.screenshot(directory.resolve(name));
        assertThat(Files.size(directory.resolve(name))).isLessThan(200_000);
    }
}
