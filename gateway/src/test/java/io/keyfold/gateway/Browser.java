package io.keyfold.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.opentest4j.TestAbortedException;

/// A headless Chromium, asked by WebDriver (a few of its calls, over HTTP) through Debian's `chromium-driver`.
final class Browser implements AutoCloseable {
    static final String ENTER = "\uE007";
    static final String ESCAPE = "\uE00C";
    static final String DOWN = "\uE015";
    static final String TAB = "\uE004";
    static final String END = "\uE010";

    private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");
    private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process driver;
    private final String session;

    private Browser(Process driver, String session) {
        this.driver = driver;
        this.session = session;
    }

    /// @throws TestAbortedException if there is no Chromium here: the test is skipped, and says why
    static Browser start() throws Exception {
        var driver = command("chromedriver");
        var browser = command("chromium").or(() -> command("chromium-browser")).or(() -> command("google-chrome"));
        if (driver.isEmpty() || browser.isEmpty()) {
            throw new TestAbortedException(
                    "no " + (driver.isEmpty() ? "chromedriver" : "chromium")
                            + " on the PATH: the live page is not looked at. On Debian: apt-get install chromium"
                            + " chromium-driver");
        }
        var process = new ProcessBuilder(driver.get().toString(), "--port=0").redirectErrorStream(true).start();
        var port = portOf(process);
        var started = new Browser(process, "http://127.0.0.1:" + port + "/session");
        try {
            return new Browser(process, started.session + "/" + started.open(browser.get()));
        } catch (RuntimeException e) {
            process.destroy();
            throw e;
        }
    }

    private static Optional<Path> command(String name) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, name)).filter(Files::isExecutable).findFirst();
    }

    private static String portOf(Process driver) throws IOException {
        BufferedReader said = driver.inputReader();
        for (var line = said.readLine(); line != null; line = said.readLine()) {
            var matcher = STARTED.matcher(line);
            if (matcher.find()) {
                Thread.ofVirtual().start(() -> said.lines().forEach(_ -> {})); // or it stops when its pipe is full
                return matcher.group(1);
            }
        }
        throw new IOException("chromedriver did not start");
    }

    private String open(Path browser) {
        var wanted = GatewaySite.JSON.createObjectNode();
        var always = wanted.putObject("capabilities").putObject("alwaysMatch");
        always.put("browserName", "chrome").put("acceptInsecureCerts", true);
        always.putObject("goog:loggingPrefs").put("browser", "ALL").put("performance", "ALL");
        var options = always.putObject("goog:chromeOptions").put("binary", browser.toString());
        always.putObject("timeouts").put("script", 120_000);
        options.putArray("args").add("--headless=new").add("--no-sandbox").add("--disable-dev-shm-usage")
                .add("--hide-scrollbars").add("--disable-background-networking").add("--window-size=1440,900");
        return send("POST", "", wanted).get("sessionId").asText();
    }

    void open(URI page) {
        send("POST", "/url", object().put("url", page.toString()));
    }

    void back() {
        send("POST", "/back", object());
    }

    /// What a script returns.
    JsonNode script(String script) {
        var body = object().put("script", script);
        body.putArray("args");
        return send("POST", "/execute/sync", body);
    }

    /// What a script hands to `done`.
    JsonNode longScript(String script) {
        var body = object().put("script", "const done = arguments[0];" + script);
        body.putArray("args");
        return send("POST", "/execute/async", body);
    }

    /// Waits until an expression is true in the page.
    void await(String expression) {
        Awaitility.await(expression).atMost(GatewaySite.PATIENCE).pollInterval(Duration.ofMillis(50))
                .until(() -> script("return Boolean(" + expression + ")").asBoolean());
    }

    String text(String css) {
        return script("return document.querySelector(" + quoted(css) + ")?.innerText ?? ''").asText();
    }

    /// As a person does: it has to be there, in sight, and nothing over it.
    void click(String css) {
        await("document.querySelector(" + quoted(css) + ")");
        send("POST", "/element/" + element(css) + "/click", object());
    }

    /// Chooses a file where the page asks for one.
    void give(String css, Path file) {
        await("document.querySelector(" + quoted(css) + ")");
        send("POST", "/element/" + element(css) + "/value", object().put("text", file.toString()));
    }

    private String element(String css) {
        return send("POST", "/element", object().put("using", "css selector").put("value", css)).get(ELEMENT).asText();
    }

    /// Types, a key after another, to wherever the focus is.
    void type(String keys) {
        var body = object();
        var actions = body.putArray("actions").addObject().put("type", "key").put("id", "keyboard").putArray("actions");
        keys.codePoints().mapToObj(Character::toString).forEach(key -> {
            actions.addObject().put("type", "keyDown").put("value", key);
            actions.addObject().put("type", "keyUp").put("value", key);
        });
        send("POST", "/actions", body);
    }

    void size(int width, int height) {
        devTools(
                "Emulation.setDeviceMetricsOverride",
                object().put("width", width).put("height", height).put("deviceScaleFactor", 1).put("mobile", false));
    }

    void dark(boolean isDark) {
        var media = object();
        media.putArray("features").addObject().put("name", "prefers-color-scheme")
                .put("value", isDark ? "dark" : "light");
        devTools("Emulation.setEmulatedMedia", media);
    }

    JsonNode devTools(String command, JsonNode parameters) {
        var body = object().put("cmd", command);
        body.set("params", parameters);
        return send("POST", "/goog/cdp/execute", body);
    }

    /// Warnings and errors that the page has brought about since this was last asked.
    List<String> complaints() {
        var complaints = new ArrayList<String>();
        log("browser").forEach(entry -> {
            if (Set.of("SEVERE", "WARNING").contains(entry.get("level").asText())) {
                complaints.add(entry.get("message").asText());
            }
        });
        return complaints;
    }

    /// The hosts, with their ports, that were asked for anything since this was last asked.
    Set<String> hostsAsked() throws IOException {
        var hosts = new TreeSet<String>();
        for (var entry : log("performance")) {
            var message = GatewaySite.JSON.readTree(entry.get("message").asText()).get("message");
            if (message.get("method").asText().equals("Network.requestWillBeSent")) {
                var asked = URI.create(message.at("/params/request/url").asText());
                hosts.add(asked.getScheme() + "://" + asked.getAuthority());
            }
        }
        return hosts;
    }

    private JsonNode log(String type) {
        return send("POST", "/se/log", object().put("type", type));
    }

    void screenshot(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, Base64.getDecoder().decode(send("GET", "/screenshot", null).asText()));
    }

    static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    static ObjectNode object() {
        return GatewaySite.JSON.createObjectNode();
    }

    private JsonNode send(String method, String path, @org.jspecify.annotations.Nullable JsonNode body) {
        try {
            var content = body == null ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body.toString());
            var response = http.send(
                    HttpRequest.newBuilder(URI.create(session + path)).timeout(Duration.ofMinutes(3))
                            .method(method, content).build(),
                    HttpResponse.BodyHandlers.ofString());
            var value = GatewaySite.JSON.readTree(response.body()).get("value");
            if (response.statusCode() != 200) {
                throw new IllegalStateException(path + ": " + value.path("message").asText());
            }
            return value;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            send("DELETE", "", null);
        } finally {
            driver.destroy();
            driver.onExit().orTimeout(10, TimeUnit.SECONDS).exceptionally(_ -> driver.destroyForcibly()).join();
        }
    }
}
