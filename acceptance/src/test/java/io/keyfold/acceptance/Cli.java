package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// One finished run of the command line, as a person or a script would have run it.
record Cli(List<String> arguments, int exitCode, String out, String err, Duration took) {
    private static final Duration LIMIT = Duration.ofSeconds(120);

    static Cli run(Map<String, String> environment, Path home, String... arguments) {
        ClassArchive.Use archive = ClassArchive.shared().of(arguments[0]);
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(archive.flags());
        command.addAll(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dkeyfold.home=" + home,
                        "-jar",
                        home.resolve("cli/target/keyfold.jar").toString()));
        command.addAll(List.of(arguments));
        long begin = System.nanoTime();
        try {
            var builder = new ProcessBuilder(command);
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            var err = new StringBuilder();
            Thread errors = Thread.ofPlatform().daemon().start(() -> process.errorReader().lines().forEach(
                    line -> err.append(line).append('\n')));
            String out = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("keyfold " + List.of(arguments) + " did not end within " + LIMIT);
            }
            errors.join();
            ClassArchive.shared().ended(archive);
            return new Cli(
                    List.of(arguments), process.exitValue(), out, err.toString(),
                    Duration.ofNanos(System.nanoTime() - begin));
        } catch (IOException e) {
            throw new IllegalStateException("keyfold " + List.of(arguments) + " could not be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    Cli expect(int code) {
        assertThat(exitCode).as("exit code of keyfold %s\n%s%s", arguments, out, err).isEqualTo(code);
        return this;
    }
}
