package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The `./keyfold` script with JDKs and a Maven that only say how they were called.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LauncherTest {
    private static final Path LAUNCHER = Path.of("..", "keyfold");

    /// All that runs until it is told to end, or for minutes.
    private static final List<String> SERVICES =
            List.of("workflow", "worker", "emulator", "gateway", "broker", "registry", "demo", "bench");

    @TempDir
    private Path home = Path.of("");

    private record Ran(int exitCode, String out, String err) {}

    @BeforeEach
    void a_checkout_with_the_launcher() throws IOException {
        Files.copy(LAUNCHER, home.resolve("keyfold"));
        assertThat(home.resolve("keyfold").toFile().setExecutable(true)).isTrue();
        Files.createFile(home.resolve("pom.xml"));
        Files.createDirectories(home.resolve("cli/src/main"));
    }

    @Test
    void it_takes_the_JDK_25_and_passes_over_older_ones() throws Exception {
        build();
        var old = jdk("old", "17.0.15");
        var right = jdk("right", "25.0.3");

        var ran = keyfold(Map.of("JAVA_HOME", old, "JAVA25_HOME", right), "status", "hpc-1");

        assertThat(ran.out()).startsWith("java of right")
                .contains("-jar " + home.toRealPath() + "/cli/target/keyfold.jar")
                .endsWith("status hpc-1\n");
        assertThat(ran.exitCode()).isZero();
    }

    @Test
    void services_get_both_compilers_and_short_commands_the_quick_one() throws Exception {
        build();
        var environment = Map.of("KEYFOLD_JAVA_HOME", jdk("jdk", "25"));

        assertThat(keyfold(environment, "plan").out()).contains("-XX:TieredStopAtLevel=1");
        assertThat(keyfold(environment, "workflow").out()).doesNotContain("TieredStopAtLevel");
    }

    @Test
    @Tag("case-65")
    void a_service_that_runs_out_of_memory_ends_at_once() throws Exception {
        build();
        var environment = Map.of("KEYFOLD_JAVA_HOME", jdk("jdk", "25"));

        assertThat(SERVICES)
                .allSatisfy(service -> assertThat(keyfold(environment, service).out())
                        .contains("-XX:+ExitOnOutOfMemoryError"));
    }

    @Test
    void a_command_that_only_looks_trains_a_cache_from_which_later_ones_start() throws Exception {
        build();
        var environment = Map.of("KEYFOLD_JAVA_HOME", jdk("jdk", "25"));

        assertThat(keyfold(environment, "status", "hpc-1").out()).doesNotContain("AOT");
        awaitTraining();
        assertThat(caches()).singleElement().asString().matches("status-[0-9-]+");

        String aot = "java of jdk -XX:AOTCache=" + home.toRealPath() + "/.keyfold/aot/" + caches().getFirst()
                + " -Xlog:disable ";
        assertThat(keyfold(environment, "status", "hpc-1").out()).startsWith(aot).endsWith("status hpc-1\n");
        assertThat(keyfold(environment, "cancel", "hpc-1").out()).startsWith(aot);
        assertThat(keyfold(environment, "registry").out()).startsWith(aot);

        buildAnew();
        assertThat(keyfold(environment, "cancel", "hpc-1").out()).doesNotContain("AOT");
    }

    @Test
    void the_first_service_has_caches_trained_apart_from_which_later_ones_start() throws Exception {
        build();
        var environment = Map.of("KEYFOLD_JAVA_HOME", jdk("jdk", "25"));

        assertThat(keyfold(environment, "workflow", "--threads", "1").out()).doesNotContain("AOT", " train");
        awaitTraining();
        assertThat(home.resolve("trained")).hasContent("train\n");

        assertThat(keyfold(environment, "workflow").out()).startsWith(
                "java of jdk -XX:AOTCache=" + services()
                        + "/workflow.aot -Xlog:aot*=off,cds*=off -XX:+ExitOnOutOfMemoryError")
                .endsWith(" workflow\n");
        assertThat(keyfold(environment, "worker", "all").out()).contains("-XX:AOTCache=" + services() + "/worker.aot");
        assertThat(keyfold(environment, "demo").out()).contains("-Dkeyfold.aot=" + services() + " ");
        awaitTraining();
        assertThat(home.resolve("trained")).hasContent("train\n");

        buildAnew();
        assertThat(keyfold(environment, "workflow").out()).doesNotContain("AOT");
        awaitTraining();
        assertThat(home.resolve("trained")).hasContent("train\ntrain\n");
    }

    @Test
    void the_services_of_another_JDK_start_without_these_caches() throws Exception {
        build();
        keyfold(Map.of("KEYFOLD_JAVA_HOME", jdk("jdk", "25")), "workflow");
        awaitTraining();

        assertThat(keyfold(Map.of("KEYFOLD_JAVA_HOME", jdk("newer", "26")), "workflow").out()).doesNotContain("AOT");
    }

    @Test
    void whoever_may_not_build_trains_only_when_asked_to() throws Exception {
        build();
        var environment = Map.of("KEYFOLD_JAVA_HOME", jdk("jdk", "25"), "KEYFOLD_SKIP_BUILD", "1");

        keyfold(environment, "workflow");
        keyfold(environment, "bench");
        keyfold(environment, "worker", "--help");
        awaitTraining();
        assertThat(home.resolve("trained")).doesNotExist();

        assertThat(keyfold(environment, "train").exitCode()).isZero();
        assertThat(keyfold(environment, "worker").out()).contains("-XX:AOTCache=" + services() + "/worker.aot");
    }

    @Test
    void a_training_that_fails_harms_no_service_and_is_tried_three_times() throws Exception {
        build();
        var environment = Map.of("KEYFOLD_JAVA_HOME", jdk("jdk", "25"));
        Files.createFile(home.resolve("training-fails"));

        for (int time = 1; time <= 4; time++) {
            var ran = keyfold(environment, "gateway");
            assertThat(ran.exitCode()).isZero();
            assertThat(ran.out()).doesNotContain("AOT").endsWith(" gateway\n");
            awaitTraining();
        }
        assertThat(home.resolve("trained")).hasContent("train\ntrain\ntrain\n");
    }

    private void buildAnew() {
        assertThat(home.resolve("cli/target/keyfold.jar").toFile()
                .setLastModified(System.currentTimeMillis() + 60_000)).isTrue();
    }

    private Path services() throws IOException {
        try (var directories = Files.newDirectoryStream(home.toRealPath().resolve(".keyfold/aot"), "services-*[0-9]")) {
            return directories.iterator().next();
        }
    }

    @Test
    void what_acts_is_never_repeated_for_a_cache_and_what_fails_three_times_at_most() throws Exception {
        build();
        var environment = Map.of("KEYFOLD_JAVA_HOME", jdk("jdk", "25"));

        keyfold(environment, "deploy", "-f", "hpc-1.json");
        keyfold(environment, "cancel", "--", "--help");
        assertThat(caches()).isEmpty();

        for (int time = 1; time <= 4; time++) {
            assertThat(keyfold(environment, "status", "fails").exitCode()).isEqualTo(3);
            awaitTraining();
        }
        assertThat(caches()).singleElement().satisfies(
                name -> assertThat(home.resolve(".keyfold/aot").resolve(name)).hasContent("failed\nfailed\nfailed"));
    }

    @AfterEach
    void awaitTraining() {
        await("the training").until(() -> caches().stream().noneMatch(name -> name.contains("training")));
    }

    private List<String> caches() {
        String[] names = home.resolve(".keyfold/aot").toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    @Test
    @Tag("case-126")
    void no_debug_port_is_opened() throws Exception {
        build();
        var environment = Map.of("KEYFOLD_JAVA_HOME", jdk("jdk", "25"));

        assertThat(Stream.concat(Stream.of("plan"), SERVICES.stream()))
                .allSatisfy(command -> assertThat(keyfold(environment, command).out())
                        .doesNotContain("jdwp")
                        .doesNotContain("jmxremote"));
    }

    @Test
    void it_works_through_a_link_and_keeps_arguments_whole() throws Exception {
        build();
        var link = Files.createSymbolicLink(home.resolve("link"), Path.of("keyfold"));

        var ran = run(link, Map.of("KEYFOLD_JAVA_HOME", jdk("jdk", "25")), "cancel", "a b", "*");

        assertThat(ran.out()).endsWith("cancel a b *\n");
    }

    @Test
    void it_builds_once_and_again_when_a_source_is_newer() throws Exception {
        var environment = Map.of("KEYFOLD_JAVA_HOME", jdk("jdk", "25"), "PATH", maven() + ":" + System.getenv("PATH"));

        assertThat(keyfold(environment, "status").err()).contains("keyfold: building");
        assertThat(keyfold(environment, "status").err()).isEmpty();

        var source = Files.createFile(home.resolve("cli/src/main/New.java"));
        assertThat(source.toFile().setLastModified(System.currentTimeMillis() + 60_000)).isTrue();
        assertThat(keyfold(environment, "status").err()).contains("keyfold: building");
    }

    @Test
    void a_build_that_fails_shows_what_Maven_said() throws Exception {
        var broken = directory("broken");
        script(broken.resolve("mvn"), "echo '[ERROR] no such symbol'; exit 1");

        var ran = keyfold(
                Map.of("KEYFOLD_JAVA_HOME", jdk("jdk", "25"), "PATH", broken + ":" + System.getenv("PATH")), "status");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(ran.err()).contains("[ERROR] no such symbol", "keyfold: the build failed", "build.log");
        assertThat(home.resolve(".keyfold/build.lock")).doesNotExist();
    }

    private void build() throws IOException {
        Files.createDirectories(home.resolve("cli/target"));
        Files.createDirectories(home.resolve("broker/target/lib"));
        Files.createDirectories(home.resolve("registry/target/app"));
        var jar = Files.createFile(home.resolve("cli/target/keyfold.jar"));
        assertThat(jar.toFile().setLastModified(System.currentTimeMillis() - 60_000)).isTrue();
        var built = Files.createFile(home.resolve("cli/target/.built"));
        assertThat(built.toFile().setLastModified(System.currentTimeMillis() + 60_000)).isTrue();
    }

    private String jdk(String name, String version) throws IOException {
        var jdk = directory(name);
        script(directory(name + "/bin").resolve("java"), """
                echo "java of %1$s $*"
                case $1 in -XX:AOTCacheOutput=*) touch "${1#*=}" ;; esac
                case $* in
                *fails) exit 3 ;;
                *' train')
                    echo train >>%2$s/trained
                    [ ! -e %2$s/training-fails ] || exit 8
                    for option in "$@"; do
                        case $option in -Dkeyfold.aot=*) aot=${option#*=} ;; esac
                    done
                    mkdir -p "$aot"
                    touch "$aot/workflow.aot" "$aot/worker.aot" ;;
                esac""".formatted(name, home));
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"Someone\"\nJAVA_VERSION=\"" + version + "\"\n");
        return jdk.toString();
    }

    private String maven() throws IOException {
        var directory = directory("maven");
        script(
                directory.resolve("mvn"),
                "mkdir -p cli/target broker/target/lib registry/target/app && touch cli/target/keyfold.jar");
        return directory.toString();
    }

    private Path directory(String name) throws IOException {
        return Files.createDirectories(home.resolve(name));
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Ran keyfold(Map<String, String> environment, String... arguments) throws Exception {
        return run(home.resolve("keyfold"), environment, arguments);
    }

    private static Ran run(Path launcher, Map<String, String> environment, String... arguments) throws Exception {
        var builder = new ProcessBuilder(launcher.toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().keySet().removeIf(name -> name.startsWith("KEYFOLD_") || name.startsWith("JAVA"));
        builder.environment().putAll(environment);
        var process = builder.start();
        process.getOutputStream().close();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Ran(process.exitValue(), out, err);
    }
}
