package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

/// The programs in `examples/clients`, each run as its first lines say, where its runtime is at hand.
@DisplayNameGeneration(ReplaceUnderscores.class)
class EveryLanguageAsksAndReadsIT {
    private static final Path HOME = Path.of(System.getProperty("keyfold.home", "..")).toAbsolutePath().normalize();
    private static final Path CLIENTS = HOME.resolve("examples/clients");

    /// What the shell asks; started for it alone.
    private static Optional<Part> gateway = Optional.empty();

    @TempDir
    static Path directory;

    private final Site site = Site.shared();

    private enum Language {
        JAVA {
            @Override
            List<String> command(String program) {
                return List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                        "-Dkeyfold.logs=QUIET", "-cp", HOME.resolve("cli/target/keyfold.jar").toString(),
                        CLIENTS.resolve("java").resolve(capital(program) + ".java").toString());
            }
        },
        PYTHON {
            @Override
            List<String> command(String program) {
                String python = Stream.of("python3", "/usr/bin/python3")
                        .filter(each -> run(List.of(each, "-c", "import avro.io, confluent_kafka"), Map.of())
                                .exitCode() == 0)
                        .findFirst().orElseThrow(() -> new TestAbortedException(
                                "no Python with Kafka and Avro: apt-get install python3-confluent-kafka python3-avro"));
                return List.of(python, "-B", CLIENTS.resolve("python").resolve(program + ".py").toString());
            }
        },
        NODE {
            @Override
            List<String> command(String program) {
                assumeTrue(
                        Files.isDirectory(CLIENTS.resolve("node/node_modules/kafkajs")),
                        "Node's packages are not installed: npm install --prefix examples/clients/node");
                assumeTrue(run(List.of("node", "--version"), Map.of()).exitCode() == 0, "no node on the PATH");
                return List.of("node", CLIENTS.resolve("node").resolve(program + ".mjs").toString());
            }
        },
        SHELL {
            @Override
            List<String> command(String program) {
                for (String tool : List.of("curl", "jq")) {
                    assumeTrue(run(List.of(tool, "--version"), Map.of()).exitCode() == 0,
                            "no " + tool + " on the PATH");
                }
                return List.of(CLIENTS.resolve("shell").resolve(program + ".sh").toString());
            }
        };

        /// How it is started; a test is given up where it cannot be.
        abstract List<String> command(String program);

        String prefix() {
            return "lang-" + name().toLowerCase(Locale.ROOT);
        }
    }

    private record Finished(int exitCode, String output) {
        Finished expect(int code) {
            assertThat(exitCode).as(output).isEqualTo(code);
            return this;
        }
    }

    @AfterAll
    static void endTheGateway() {
        gateway.ifPresent(Part::close);
        gateway = Optional.empty();
    }

    @ParameterizedTest
    @EnumSource
    void it_asks_follows_and_reads_the_audit(Language language) {
        String cluster = "default/" + language.prefix();

        Finished deployed = execute(language, "deploy", language.prefix()).expect(0);
        assertThat(deployed.output().lines().toList().getLast()).startsWith("COMPLETED CUSTOMER_MANAGED: ");

        Finished again = execute(language, "deploy", language.prefix()).expect(0);
        assertThat(again.output().lines().toList().getLast()).startsWith("COMPLETED CUSTOMER_MANAGED: ");
        assertThat(site.latest().get(cluster).getLastRun().getRun()).as("the same request has no further effect")
                .isEqualTo(1);

        Finished read = execute(language, "audit", cluster).expect(0);
        assertThat(read.output().lines()).anySatisfy(line -> assertThat(line).contains(" REQUEST_ACCEPTED "))
                .anySatisfy(line -> assertThat(line).contains(" RUN_ENDED "))
                .allSatisfy(line -> assertThat(line).startsWith(cluster + " "));
    }

    @ParameterizedTest
    @EnumSource
    void what_cannot_be_is_told(Language language) {
        Finished refused = execute(language, "deploy", "No_Cluster").expect(1);

        assertThat(refused.output()).contains("cluster_prefix").containsAnyOf("REJECTED ", "INVALID_REQUEST");
    }

    /// With Kafka's and the registry's address, or the gateway's for the shell.
    private Finished execute(Language language, String program, String argument) {
        List<String> command = new ArrayList<>(language.command(program));
        if (language == Language.SHELL) {
            command.add(argument);
            return run(command, Map.of("GATEWAY", gateway()));
        }
        command.addAll(List.of(site.bootstrapServers(), site.registryUrl(), argument));
        return run(command, Map.of());
    }

    private String gateway() {
        Part running = gateway.orElseGet(() -> Part.start(
                HOME, List.of("gateway", "--port", "0"),
                Map.of(
                        "KEYFOLD_BOOTSTRAP_SERVERS", site.bootstrapServers(), "KEYFOLD_SCHEMA_REGISTRY_URL",
                        site.registryUrl()),
                directory).awaitReady());
        gateway = Optional.of(running);
        return running.address().replaceFirst("/$", "");
    }

    private static String capital(String word) {
        return Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }

    private static Finished run(List<String> command, Map<String, String> environment) {
        try {
            Path output = Files.createTempFile("keyfold-example", ".txt");
            try {
                var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
                builder.environment().putAll(environment);
                Process process;
                try {
                    process = builder.start();
                } catch (IOException e) {
                    return new Finished(127, String.valueOf(e.getMessage()));
                }
                process.getOutputStream().close();
                if (!process.waitFor(Site.SOON.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError(command + " did not end\n" + Files.readString(output));
                }
                return new Finished(process.exitValue(), Files.readString(output));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new IllegalStateException(command + " could not be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }
}
