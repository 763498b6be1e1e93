package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A small bill of materials against small dumps: all of them made up.
@Tag("case-123")
@DisplayNameGeneration(ReplaceUnderscores.class)
class VulnerabilitiesCommandTest {
    private static final String BILL =
            """
                    {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
                      {"name": "ink", "purl": "pkg:maven/org.example/ink@1.4.0?type=jar"},
                      {"name": "nib", "purl": "pkg:maven/org.example/nib@2.0%2B7",
                       "components": [{"name": "cap", "purl": "pkg:maven/org.example/cap@0.3"}]},
                      {"name": "page", "purl": "pkg:npm/page@1.0.0"}]}
                    """;

    @TempDir
    private Path directory = Path.of("");

    private Path bill = Path.of("");
    private Path dump = Path.of("");

    @BeforeEach
    void a_bill_and_a_dump() throws IOException {
        bill = Files.writeString(directory.resolve("bill.cdx.json"), BILL);
        dump = Files.createDirectory(directory.resolve("dump"));
    }

    @Test
    void an_advisory_about_an_artefact_is_named_with_what_mends_it() throws IOException {
        advisory("KF-1", affected("org.example:ink", "1.0", "1.4.1"), "");

        var run = look(dump);

        assertThat(run.exitCode()).isEqualTo(ExitCode.VULNERABLE);
        assertThat(run.out())
                .containsPattern("org.example:ink +1\\.4\\.0 +KF-1 +CVE-of-KF-1 +HIGH +1\\.4\\.1 +It leaks")
                .contains("3 artefacts held against 1 advisories", "latest change of 2020-01-02T00:00:00Z",
                        "1 is about them");
        assertThat(run.err()).contains("1 components of ", "none of Maven's: not looked at");
    }

    @Test
    void what_is_in_a_component_is_looked_at_too() throws IOException {
        advisory("KF-1", affected("org.example:cap", "0", "0.4"), "");

        assertThat(look(dump).out()).contains("org.example:cap");
    }

    @Test
    void an_advisory_about_another_version_or_another_artefact_is_none() throws IOException {
        advisory("KF-1", affected("org.example:ink", "0", "1.4.0"), "");
        advisory("KF-2", affected("org.example:pencil", "0", "9"), "");

        var run = look(dump);

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("held against 2 advisories", "none is about them.");
    }

    @Test
    void an_advisory_that_was_withdrawn_is_none() throws IOException {
        advisory("KF-1", affected("org.example:ink", "0", "9"), "\"withdrawn\": \"2020-02-01T00:00:00Z\",");

        assertThat(look(dump).exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void json_says_the_same_and_more() throws IOException {
        advisory("KF-1", affected("org.example:ink", "1.0", "1.4.1"), "");

        var json = new ObjectMapper().readTree(look(dump, "-o", "json").out());

        assertThat(json.path("artefacts").asInt()).isEqualTo(3);
        assertThat(json.path("matches")).hasSize(1);
        assertThat(json.path("matches").path(0).path("fixed_in").path(0).asText()).isEqualTo("1.4.1");
        assertThat(json.path("matches").path(0).path("aliases").path(0).asText()).isEqualTo("CVE-of-KF-1");
    }

    @Test
    void a_zip_is_read_like_a_directory() throws IOException {
        var zip = zip("all.zip", 5_000);

        var run = look(zip);

        assertThat(run.exitCode()).isEqualTo(ExitCode.VULNERABLE);
        assertThat(run.out()).contains("held against 5000 advisories", "1 is about them");
    }

    @Test
    void a_zip_that_broke_off_is_refused() throws IOException {
        var whole = Files.readAllBytes(zip("all.zip", 50));
        var broken = Files.write(directory.resolve("broken.zip"), Arrays.copyOf(whole, whole.length / 2));

        refused(look(broken), "cannot be read");
    }

    @Test
    void what_says_nothing_is_never_taken_for_good_news() throws IOException {
        refused(look(directory.resolve("no-such-dump")), "cannot be read");
        refused(look(dump), "there is no advisory in");
        refused(look(bill), "cannot be read");

        Files.writeString(dump.resolve("other.json"), "{\"hello\": \"world\"}");
        refused(look(dump), "there is no advisory in", "1 JSON files are none of OSV's");

        Files.writeString(
                dump.resolve("npm.json"),
                "{\"id\": \"N-1\", \"modified\": \"2020-01-01T00:00:00Z\", \"affected\":"
                        + " [{\"package\": {\"ecosystem\": \"npm\", \"name\": \"left-pad\"}, \"versions\": [\"1\"]}]}");
        refused(look(dump), "of the 1 advisories", "none is about a package of Maven's");
    }

    @Test
    void a_file_that_is_no_advisory_makes_the_view_incomplete() throws IOException {
        advisory("KF-1", affected("org.example:pencil", "0", "9"), "");
        Files.writeString(dump.resolve("broken.json"), "{\"id\": \"KF-2\", \"mod");

        var run = look(dump);

        assertThat(run.exitCode()).isEqualTo(ExitCode.UNHEALTHY);
        assertThat(run.err()).contains("1 JSON files", "broken.json", "the view is not complete");
    }

    @Test
    void a_bill_that_is_none_or_lists_nothing_is_refused() throws IOException {
        advisory("KF-1", affected("org.example:ink", "0", "9"), "");

        bill = Files.writeString(directory.resolve("spdx.json"), "{\"spdxVersion\": \"SPDX-2.3\"}");
        refused(look(dump), "no CycloneDX document");
        bill = Files.writeString(directory.resolve("empty.json"), "{\"bomFormat\": \"CycloneDX\"}");
        refused(look(dump), "lists no Maven artefact");
        bill = directory.resolve("nowhere.json");
        refused(look(dump), "cannot be read as a bill of materials");
    }

    private static void refused(CommandRun run, String... why) {
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(why).contains("nothing was looked at");
        assertThat(run.out()).isEmpty();
    }

    private CommandRun look(Path osv, String... more) {
        var arguments = new ArrayList<>(
                List.of("vulnerabilities", "--osv", osv.toString(), "--sbom", bill.toString()));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private void advisory(String id, String affected, String more) throws IOException {
        Files.writeString(dump.resolve(id + ".json"), entry(id, affected, more));
    }

    /// `count` advisories, of which the last is about something on the bill.
    private Path zip(String name, int count) throws IOException {
        var file = directory.resolve(name);
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (int number = 1; number <= count; number++) {
                zip.putNextEntry(new ZipEntry("KF-" + number + ".json"));
                var artifact = number == count ? "ink" : "pencil-" + number;
                zip.write(entry("KF-" + number, affected("org.example:" + artifact, "0", "9"), "")
                        .getBytes(StandardCharsets.UTF_8));
            }
        }
        return file;
    }

    private static String entry(String id, String affected, String more) {
        return """
                {"id": "%s", "modified": "2020-01-02T00:00:00Z", %s "aliases": ["CVE-of-%s"], "summary": "It leaks",
                 "affected": [%s], "database_specific": {"severity": "HIGH"}}
                """.formatted(id, more, id, affected);
    }

    private static String affected(String name, String introduced, String fixed) {
        return """
                {"package": {"ecosystem": "Maven", "name": "%s"}, "ranges": [{"type": "ECOSYSTEM",
                 "events": [{"introduced": "%s"}, {"fixed": "%s"}]}]}""".formatted(name, introduced, fixed);
    }
}
