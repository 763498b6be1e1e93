package io.keyfold.acceptance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A built Keyfold whose processes can be started: this one, or an earlier version of it.
///
/// @param home the directory of its sources, in which it was built
record Program(String name, Path home) {
    /// The first version: the last commit whose contract is `schemas/released/v1` and whose state is
    /// `saga-version-1.hex` (docs/decisions/0030).
    private static final String FIRST = System.getProperty("keyfold.upgrade.from", "b75e345");

    private static final long BUILT_WITHIN_MINUTES = 10;

    /// The one that is being tested.
    static Program present() {
        return new Program("present", Path.of(System.getProperty("keyfold.home", "..")).toAbsolutePath().normalize());
    }

    /// The first version, built from this repository's history below `acceptance/target`, once until the next clean.
    ///
    /// Without that history, as in a source archive or a shallow clone, the test that asks for it is skipped.
    static Program first() {
        Path here = present().home();
        assumeTrue(
                run(here, List.of("git", "cat-file", "-e", FIRST + "^{commit}")).code() == 0,
                "Skipped: this copy of the sources has no git history with commit " + FIRST
                        + ", from which the first version is built");
        Path home = here.resolve("acceptance/target/version-" + FIRST);
        if (!Files.exists(home.resolve("built"))) {
            build(here, home);
        }
        return new Program("first", home);
    }

    private static void build(Path here, Path home) {
        try {
            Files.createDirectories(home);
            Path sources = home.resolve("sources.tar");
            run(here, List.of("git", "archive", "--output", sources.toString(), FIRST)).expectSuccess();
            run(home, List.of("tar", "-xf", sources.toString())).expectSuccess();
            Files.delete(sources);
            run(home, List.of("mvn", "-q", "-B", "-Dquick", "-DskipTests", "package")).expectSuccess();
            Files.createFile(home.resolve("built"));
        } catch (IOException e) {
            throw new IllegalStateException("The first version cannot be built in " + home, e);
        }
    }

    private record Finished(List<String> command, int code, String said) {
        void expectSuccess() {
            if (code != 0) {
                throw new IllegalStateException(String.join(" ", command) + " ended with " + code + ": " + said);
            }
        }
    }

    private static Finished run(Path directory, List<String> command) {
        try {
            Process process = new ProcessBuilder(new ArrayList<>(command)).directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (!process.waitFor(BUILT_WITHIN_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                return new Finished(command, -1, "not ended within " + BUILT_WITHIN_MINUTES + " minutes");
            }
            return new Finished(command, process.exitValue(), said);
        } catch (IOException e) {
            return new Finished(command, -1, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }
}
