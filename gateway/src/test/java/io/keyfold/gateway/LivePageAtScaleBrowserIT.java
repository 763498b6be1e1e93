package io.keyfold.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// 100,000 clusters in the live page: when it is there, how it is searched and scrolled, and what 500 changes a second do to
/// it. Prints its figures; the bounds are those that a page that stands still breaks on any machine.
@EnabledIfSystemProperty(named = "keyfold.browser", matches = "true", disabledReason = "mvn verify -Pbrowser")
class LivePageAtScaleBrowserIT {
    private static final GatewaySite SITE = GatewaySite.shared();
    private static final int CLUSTERS = Integer.getInteger("keyfold.browser.clusters", 100_000);
    private static final int CHANGES_A_SECOND = 500;
    private static final int SEEN = 9;
    private static final String ROWS = "document.querySelectorAll('.row:not(.awaited):not([hidden])').length";

    /// Runs before anything of the page does: when there are rows, and how long each frame takes.
    private static final String PROBE =
            """
                    window.probe = {frames: [], rows: 0, last: 0};
                    const look = at => {
                      if (probe.last) { probe.frames.push(at - probe.last); }
                      probe.last = at;
                      if (!probe.rows && document.querySelector('.row:not(.awaited):not([hidden])')) { probe.rows = performance.now(); }
                      requestAnimationFrame(look);
                    };
                    requestAnimationFrame(look);
                    """;

    private final Random random = new Random(20261129);

    @Test
    void the_page_stays_usable() throws Exception {
        try (var browser = Browser.start()) {
            var fleet = new FleetOfAllKinds("many", Clock.systemUTC().instant());
            for (var number = 0; number < CLUSTERS; number++) {
                SITE.publish(fleet.status(number, 4));
            }
            SITE.flush();
            var began = System.nanoTime();
            try (var gateway = SITE.gateway(Map.of())) {
                say("the gateway has read them after %.1f s", (System.nanoTime() - began) / 1e9);
                browser.size(1440, 900);
                browser.devTools("Page.addScriptToEvaluateOnNewDocument", Browser.object().put("source", PROBE));

                firstPaint(browser, gateway);
                search(browser);
                scroll(browser);
                jump(browser);
                changes(browser, fleet);
                assertThat(browser.complaints()).isEmpty();
            }
        }
    }

    private static void firstPaint(Browser browser, Gateway gateway) {
        for (var visit = 1; visit <= 3; visit++) {
            browser.open(gateway.address().resolve("/"));
            browser.await("window.probe.rows > 0");
            var paint = browser.script(
                    "return performance.getEntriesByName('first-contentful-paint')[0].startTime").asDouble();
            var rows = browser.script("return probe.rows").asDouble();
            say("visit %d: first paint after %.0f ms, first rows after %.0f ms", visit, paint, rows);
            assertThat(rows).isLessThan(20_000);
        }
        browser.await("document.querySelector('#list').getAttribute('aria-rowcount') >= " + CLUSTERS);
    }

    private void search(Browser browser) {
        for (var number : new int[]{CLUSTERS / 7, CLUSTERS / 3, CLUSTERS - 1}) {
            var wanted = "many-%06d".formatted(number);
            var took = browser.longScript("""
                    const search = document.querySelector('#search');
                    const began = performance.now();
                    search.value = WANTED;
                    search.dispatchEvent(new Event('input', {bubbles: true}));
                    const look = () => {
                      const rows = document.querySelectorAll('.row:not([hidden]) .prefix');
                      if (rows.length > 0 && [...rows].every(it => it.textContent === WANTED)) {
                        done(performance.now() - began);
                      } else {
                        requestAnimationFrame(look);
                      }
                    };
                    look();""".replace("WANTED", Browser.quoted(wanted))).asDouble();
            say("a search for %s shows its row after %.0f ms, 200 of them waiting for the next key", wanted, took);
            assertThat(took).isLessThan(20_000);
        }
        browser.script("""
                const search = document.querySelector('#search');
                search.value = '';
                search.dispatchEvent(new Event('input', {bubbles: true}));""");
        browser.await("document.querySelector('#list').getAttribute('aria-rowcount') >= " + CLUSTERS);
    }

    /// As fast as a finger does it: 60 pixels a frame, through 15,000 pixels a time.
    private static void scroll(Browser browser) {
        report("scrolling", browser.longScript("""
                const list = document.querySelector('#list');
                probe.frames = [];
                let left = 300;
                const step = () => {
                  list.scrollTop += 60;
                  left -= 1;
                  left > 0 ? requestAnimationFrame(step) : done(probe.frames);
                };
                requestAnimationFrame(step);"""));
        assertThat(browser.script("return document.querySelectorAll('.row').length").asInt()).isLessThan(100);
    }

    private void jump(Browser browser) {
        for (var part : new double[]{0.5, 0.93, 0.2}) {
            var took = browser.longScript("""
                    const list = document.querySelector('#list');
                    const began = performance.now();
                    list.scrollTop = (list.scrollHeight - list.clientHeight) * PART;
                    const look = () => {
                      const seen = list.querySelectorAll('.row:not([hidden])');
                      const index = Math.min(...[...seen].map(it => Number(it.dataset.index)));
                      if (index > 1000 && !list.querySelector('.row.awaited:not([hidden])')) {
                        done(performance.now() - began);
                      } else {
                        requestAnimationFrame(look);
                      }
                    };
                    requestAnimationFrame(() => requestAnimationFrame(look));""".replace("PART", String.valueOf(part)))
                    .asDouble();
            say("a jump to %.0f %% of the list shows its rows after %.0f ms", 100 * part, took);
        }
    }

    private void changes(Browser browser, FleetOfAllKinds fleet) throws Exception {
        browser.script("document.querySelector('#list').scrollTop = 0");
        browser.await(ROWS + " > 3");
        var isOver = new AtomicBoolean();
        var sent = new AtomicInteger();
        var publisher = Thread.ofPlatform().start(() -> {
            var due = System.nanoTime();
            for (var revision = 5L; !isOver.get(); revision++) {
                for (var number = 0; number < CHANGES_A_SECOND / 10; number++) {
                    // Every tenth is one that is looked at; the tenth cluster is left to the one whose delay is measured.
                    var changed =
                            number % 10 == 0 ? random.nextInt(SEEN) : SEEN + 1 + random.nextInt(CLUSTERS - SEEN - 1);
                    SITE.publish(fleet.status(changed, revision));
                    sent.incrementAndGet();
                }
                due += Duration.ofMillis(100).toNanos();
                LockSupport.parkNanos(due - System.nanoTime());
            }
        });
        try {
            var told = Duration.ofSeconds(20);
            var began = System.nanoTime();
            var before = sent.get();
            browser.script("probe.frames = []");
            report("looking on", browser.longScript("setTimeout(() => done(probe.frames), 10_000);"));
            scroll(browser);
            var searched = browser.longScript("""
                    const search = document.querySelector('#search');
                    const began = performance.now();
                    search.value = 'many-00000';
                    search.dispatchEvent(new Event('input', {bubbles: true}));
                    const look = () => document.querySelector('#matched').textContent.startsWith('10 of')
                      ? done(performance.now() - began) : requestAnimationFrame(look);
                    look();""").asDouble();
            say("meanwhile a search takes %.0f ms", searched);
            say(
                    "%.0f changes a second were published, seen within %.0f ms (of one, while the others go on)",
                    (sent.get() - before) / ((System.nanoTime() - began) / 1e9),
                    delay(browser, fleet));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(told.multipliedBy(6));
        } finally {
            isOver.set(true);
            publisher.join();
        }
        say(
                "the page's heap: %.0f MB",
                browser.script("return performance.memory.usedJSHeapSize").asDouble() / 1e6);
    }

    /// From the moment that Kafka is sent a status until its row says so.
    private static double delay(Browser browser, FleetOfAllKinds fleet) {
        var began = System.nanoTime();
        SITE.publish(
                io.keyfold.contract.ClusterEncryptionStatus.newBuilder(fleet.status(SEEN, 1_000_000))
                        .setExternalId("seen at once").build());
        SITE.flush();
        browser.longScript(
                """
                        const look = () => [...document.querySelectorAll('.row .external')].some(it => it.textContent === 'seen at once')
                          ? done(1) : requestAnimationFrame(look);
                        look();""");
        return (System.nanoTime() - began) / 1e6;
    }

    private static void report(String what, JsonNode frames) {
        var times = new double[frames.size()];
        for (var place = 0; place < times.length; place++) {
            times[place] = frames.get(place).asDouble();
        }
        java.util.Arrays.sort(times);
        var longest = times[times.length - 1];
        say(
                "%s: %d frames, median %.1f ms, 99 %% within %.1f ms, longest %.1f ms, %d longer than 50 ms",
                what,
                times.length,
                times[times.length / 2],
                times[(int) (times.length * 0.99)],
                longest,
                java.util.Arrays.stream(times).filter(time -> time > 50).count());
        assertThat(longest).as(what).isLessThan(5_000);
    }

    private static void say(String figures, Object... values) {
        System.out.printf(
                Locale.ROOT,
                "live page, %,d clusters, load %.0f: " + figures + "%n",
                java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(
                                CLUSTERS,
                                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()),
                        java.util.Arrays.stream(values)).toArray());
    }
}
