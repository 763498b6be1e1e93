package io.keyfold.workers.keymaterial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.keyfold.workers.ibmcloud.Secret;
import io.keyfold.workers.rootkey.KeyMaterial;
import io.keyfold.workers.rootkey.KeyMaterialReference;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaterialSourcesTest {
    private static final byte[] BYTES = "0123456789abcdefFEDCBA9876543210".getBytes(StandardCharsets.US_ASCII);
    private static final String TEXT = Base64.getEncoder().encodeToString(BYTES);
    private static final String TOKEN = "hvs.vault-token";

    @TempDir
    private Path temporary;

    private Path directory = Path.of("");
    private HttpServer vault;
    private final List<String> asked = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    @BeforeEach
    void start() throws IOException {
        directory = Files.createDirectory(temporary.resolve("material"));
        vault = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        vault.start();
    }

    @AfterEach
    void stop() {
        stopped.countDown();
        vault.stop(0);
    }

    // files

    @Test
    void a_file_below_the_directory_is_read() throws IOException {
        write("prod/hpc-1.key", TEXT + "\r\n");

        assertMaterial("file:prod/hpc-1.key");
    }

    @Test
    void a_link_is_followed_as_long_as_it_stays_in_the_directory() throws IOException {
        write("..2026/hpc-1.key", TEXT);
        Files.createSymbolicLink(directory.resolve("current"), directory.resolve("..2026"));
        Files.createSymbolicLink(directory.resolve("hpc-1.key"), Path.of("current", "hpc-1.key"));

        assertMaterial("file:hpc-1.key");
    }

    @Test
    void the_directory_itself_may_be_a_link() throws IOException {
        write("hpc-1.key", TEXT);
        directory = Files.createSymbolicLink(temporary.resolve("link"), directory);

        assertMaterial("file:hpc-1.key");
    }

    @Test
    void a_link_that_leads_out_is_refused_for_a_file_and_for_a_directory() throws IOException {
        Files.writeString(temporary.resolve("outside.key"), TEXT);
        Files.createSymbolicLink(directory.resolve("hpc-1.key"), temporary.resolve("outside.key"));
        Files.createSymbolicLink(directory.resolve("up"), temporary);
        Files.createSymbolicLink(directory.resolve("loop"), directory.resolve("loop"));

        assertThat(refused("file:hpc-1.key")).contains("leads out of the worker's material.directory");
        assertThat(refused("file:up/outside.key")).contains("leads out");
        assertThat(refused("file:loop")).contains("does not lead to a file");
    }

    @Test
    void a_neighbour_whose_name_begins_like_the_directory_is_outside() throws IOException {
        Path neighbour = Files.createDirectory(temporary.resolve("material-of-others"));
        Files.writeString(neighbour.resolve("a.key"), TEXT);
        Files.createSymbolicLink(directory.resolve("a.key"), neighbour.resolve("a.key"));

        assertThat(refused("file:a.key")).contains("leads out");
    }

    @Test
    void what_is_missing_or_no_file_is_refused_by_its_reference_and_the_setting() throws IOException {
        write("folder/a.key", TEXT);

        for (String reference : List.of("file:none.key", "file:folder", "file:folder/a.key/b")) {
            assertThat(refused(reference)).contains(reference, "material.directory");
        }
    }

    @Test
    void without_a_directory_no_file_is_read() {
        MaterialSources none = new MaterialSources(
                new MaterialSettings(Optional.empty(), Optional.empty(), Duration.ofSeconds(1), Duration.ofSeconds(1)));

        assertThat(refused(none, "file:hpc-1.key")).contains("its setting material.directory is empty");
        assertThat(refused(none, "vault:hpc-1")).contains("its setting material.vault.url is empty");
    }

    static Stream<String> notMaterial() {
        return Stream.concat(
                Stream.of("", " ", "not base64!", TEXT + "!", TEXT + "\n" + TEXT, "A".repeat(100_000), "=", "é"),
                Stream.of(1, 15, 17, 23, 25, 31, 33, 64)
                        .map(size -> Base64.getEncoder().encodeToString(new byte[size])));
    }

    @ParameterizedTest
    @MethodSource("notMaterial")
    @Tag("case-23")
    void what_is_not_material_is_refused_without_a_word_of_it(String content) throws IOException {
        write("hpc-1.key", content);

        String why = refused("file:hpc-1.key");

        assertThat(why).contains("What is there is not base64 text of 16, 24 or 32 bytes.");
        if (content.strip().length() > 2) {
            assertThat(why).doesNotContain(content.strip());
        }
    }

    @Test
    void a_file_is_judged_to_its_end() throws IOException {
        write("hpc-1.key", TEXT + " ".repeat(100) + "GARBAGE");
        write("hpc-2.key", TEXT + " ".repeat(KeyMaterial.LONGEST_TEXT - TEXT.length()));

        assertThat(refused("file:hpc-1.key")).contains("What is there is not base64 text");
        assertMaterial("file:hpc-2.key");
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 24, 32})
    @Tag("case-23")
    void three_sizes_are_material(int size) throws IOException {
        write("hpc-1.key", Base64.getEncoder().encodeToString(new byte[size]));

        try (KeyMaterial material = fetch("file:hpc-1.key")) {
            assertThat(material.bytes()).hasSize(size);
        }
    }

    // variables

    @Test
    void a_variable_with_the_prefix_is_read_and_no_other() {
        assertMaterial("env:KEYFOLD_KEY_MATERIAL_HPC_1");
        assertThat(refused("env:KEYFOLD_KEY_MATERIAL_HPC_2"))
                .contains("env:KEYFOLD_KEY_MATERIAL_HPC_2", "has no such variable");
        var beyond = new KeyMaterialReference(KeyMaterialReference.Source.ENV, "KEYFOLD_IBM_API_KEY");
        assertThat(catchThrowableOfType(FaultException.class, () -> sources().fetch(beyond)))
                .hasMessageContaining("Only variables that begin with KEYFOLD_KEY_MATERIAL_");
    }

    // the vault

    @Test
    void the_newest_version_of_a_secret_is_read_with_the_token() {
        serve(200, "{\"request_id\":\"1\",\"auth\":null,\"data\":{\"metadata\":{\"data\":\"no\",\"tags\":[1]},"
                + "\"data\":{\"owner\":{\"material\":\"no\"},\"material\":\"" + TEXT + "\"}}}");

        assertMaterial("vault:prod/hpc-1");
        assertThat(asked).containsExactly("GET /v1/secret/data/keyfold/prod/hpc-1 " + TOKEN);
    }

    static Stream<String> useless() {
        return Stream.of(
                "{}", "[]", "\"text\"", "{\"data\":null}", "{\"data\":{\"data\":null}}", "{\"data\":{\"data\":{}}}",
                "{\"data\":{\"data\":{\"material\":1}}}", "{\"data\":{\"data\":{\"material\":\"c2hvcnQ=\"}}}",
                "{\"data\":{\"data\":{\"material\":\"\\u00e9\"}}}", "{\"data\":{\"material\":\"" + TEXT + "\"}}");
    }

    @ParameterizedTest
    @MethodSource("useless")
    void an_answer_without_material_is_refused(String body) {
        serve(200, body);

        assertThat(refused("vault:hpc-1")).contains("What is there is not base64 text of 16, 24 or 32 bytes.");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 301, 302, 307, 204})
    void what_the_vault_refuses_is_refused_by_status_reference_and_setting(int status) {
        serve(status, status == 204 ? "" : "{\"errors\":[\"" + TEXT + "\"]}");

        assertThat(refused("vault:hpc-1")).contains("vault:hpc-1", "HTTP " + status, "material.vault.")
                .doesNotContain(TEXT, TOKEN);
    }

    @Test
    @Tag("case-54")
    void a_redirect_is_not_followed() throws IOException {
        vault.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().toString());
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });

        assertThat(refused("vault:hpc-1")).contains("HTTP 302");
        assertThat(asked).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503})
    void what_may_pass_is_tried_again_and_is_no_fault_of_Key_Protect(int status) {
        serve(status, "{\"errors\":[]}");

        assertPasses("vault:hpc-1");
    }

    @Test
    void a_vault_that_does_not_answer_may_answer_later() {
        vault.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            try {
                stopped.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        MaterialSources impatient = sources(Duration.ofMillis(500));
        assertPasses(impatient, "vault:hpc-1");
        stop();
        assertPasses(impatient, "vault:hpc-1");
    }

    @Test
    void an_endless_answer_is_not_read_to_its_end() {
        serve(200, "{\"x\":\"" + "a".repeat(200_000) + "\"}");

        assertThat(refused("vault:hpc-1")).contains("vault:hpc-1", "longer than 65536 bytes");
    }

    @Test
    void a_long_page_about_a_failure_that_may_pass_is_still_that() {
        serve(503, "a".repeat(200_000));

        assertPasses("vault:hpc-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hvs.TOP\nSECRET", "hvs.TOP\0SECRET", "hvs.TOP\u20acSECRET"})
    void a_token_that_no_header_may_have_is_not_shown(String token) {
        FaultException failure = catchThrowableOfType(
                FaultException.class,
                () -> VaultMaterials.request(
                        KeyMaterialReference.parse("vault:hpc-1"), URI.create("https://vault/v1"), new Secret(token)));

        assertThat(failure.fault()).isInstanceOf(Fault.Permanent.class);
        assertThat(failure.fault().answer().toString()).contains("vault:hpc-1", "material.vault.token");
        assertThat(failure).hasNoCause();
        assertThat(failure.fault().answer() + " " + failure).doesNotContain("TOP", "SECRET");
    }

    private void serve(int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        vault.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("X-Vault-Token"));
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private void write(String name, String content) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.resolveSibling("x").getParent());
        Files.writeString(file, content);
    }

    /// With more time for a call than any machine needs for it.
    private MaterialSources sources() {
        return sources(Duration.ofSeconds(20));
    }

    private MaterialSources sources(Duration callTimeout) {
        return new MaterialSources(
                new MaterialSettings(
                        Optional.of(directory),
                        Optional.of(new MaterialSettings.Vault(
                                URI.create("http://127.0.0.1:" + vault.getAddress().getPort()
                                        + "/v1/secret/data/keyfold/"),
                                new Secret(TOKEN))),
                        Duration.ofSeconds(20),
                        callTimeout),
                name -> Optional.ofNullable(
                        Map.of("KEYFOLD_KEY_MATERIAL_HPC_1", TEXT, "KEYFOLD_IBM_API_KEY", TEXT).get(name)));
    }

    private KeyMaterial fetch(String reference) {
        return sources().fetch(KeyMaterialReference.parse(reference));
    }

    private void assertMaterial(String reference) {
        KeyMaterial material = fetch(reference);
        byte[] array = material.bytes();
        assertThat(array).isEqualTo(BYTES);
        assertThat(material.toString()).isEqualTo("[hidden]");
        material.close();
        assertThat(array).containsOnly(0);
    }

    private static FaultException failure(MaterialSources sources, String reference) {
        return catchThrowableOfType(
                FaultException.class, () -> sources.fetch(KeyMaterialReference.parse(reference)));
    }

    private String refused(String reference) {
        return refused(sources(), reference);
    }

    private static String refused(MaterialSources sources, String reference) {
        FaultException failure = failure(sources, reference);
        assertThat(failure.fault()).isInstanceOf(Fault.Permanent.class);
        assertThat(failure.fault().code()).isEqualTo(FaultCode.KEY_MATERIAL_UNUSABLE);
        assertThat(failure).hasNoCause();
        return failure.fault().answer().toString();
    }

    private void assertPasses(String reference) {
        assertPasses(sources(), reference);
    }

    private static void assertPasses(MaterialSources sources, String reference) {
        FaultException failure = failure(sources, reference);
        assertThat(failure.fault()).isInstanceOf(Fault.Transient.class);
        assertThat(failure.fault().code()).isEqualTo(FaultCode.TRANSIENT);
        assertThat(failure).hasNoCause();
        assertThat(failure.fault().answer().toString()).contains(reference).doesNotContain(TOKEN);
    }
}
