package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// What needs no broker: arguments, settings, plans.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CommandLineTest {
    private static final Path EXAMPLES = Path.of("..", "examples");

    @TempDir
    private Path directory = Path.of("");

    @Test
    void a_misspelt_command_is_answered_with_the_right_one() {
        var run = CommandRun.of("stauts");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("Did you mean: keyfold status").contains("Help: keyfold --help");
    }

    @Test
    void a_value_that_an_option_cannot_take_is_answered_in_a_persons_words() {
        var answers = answersTo(Main.commandLine(), "not-this");

        assertThat(answers).containsKeys("sweep --timeout", "deploy --timeout", "broker --port", "status --output");
        assertThat(answers).allSatisfy((option, run) -> {
            assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).contains(option.substring(option.lastIndexOf(' ') + 1), "not-this", "Help: ")
                    .doesNotContain("java.", "Exception", "cannot convert");
        });
    }

    @Test
    void a_time_that_nobody_can_wait_for_is_refused_before_anything_is_done() {
        var answers = answersTo(Main.commandLine(), "PT99999999999999H");
        answers.values().removeIf(run -> !run.err().contains("to wait"));

        assertThat(answers.keySet()).isEqualTo(durations(Main.commandLine())).contains("deploy --timeout");
        assertThat(answers).allSatisfy((_, run) -> {
            assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).contains("PT99999999999999H", "too long to wait: at most 365 days");
        });
    }

    /// All options that take a time to wait.
    private static Set<String> durations(CommandLine line) {
        var command = line.getCommandSpec().qualifiedName().replaceFirst("^keyfold ?", "");
        var options = line.getCommandSpec().options().stream()
                .filter(option -> option.typeInfo().getType() == Duration.class)
                .map(option -> command + " " + option.longestName()).collect(Collectors.toCollection(TreeSet::new));
        line.getSubcommands().values().forEach(each -> options.addAll(durations(each)));
        return options;
    }

    /// What each command says to a value that none of its options takes which takes not just any text.
    private static Map<String, CommandRun> answersTo(CommandLine line, String value) {
        var answers = new TreeMap<String, CommandRun>();
        var command = line.getCommandSpec().qualifiedName().replaceFirst("^keyfold ?", "");
        for (var option : line.getCommandSpec().options()) {
            var type = option.typeInfo();
            if (type.isEnum() || type.getType() == Duration.class || type.getType() == int.class) {
                var words = new ArrayList<>(List.of(command.split(" ")));
                words.addAll(List.of(option.longestName(), value));
                answers.put(
                        command + " " + option.longestName(), CommandRun.of(words.toArray(String[]::new)));
            }
        }
        line.getSubcommands().values().forEach(each -> answers.putAll(answersTo(each, value)));
        return answers;
    }

    @Test
    void help_names_every_command_and_every_exit_code() {
        var run = CommandRun.of("--help");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .contains("demo", "broker", "registry", "emulator", "workflow", "worker", "topics", "doctor")
                .contains("plan", "deploy", "import", "status", "watch", "cancel", "retry", "completion",
                        "Exit codes:");
    }

    @Test
    void every_setting_of_a_service_is_a_flag_except_secrets() {
        var run = CommandRun.of("worker", "--help");

        assertThat(run.out())
                .contains("--bootstrap-servers", "--registry-url", "--iam-url", "--call-timeout-ms", "--cloud")
                .doesNotContain("--ibm-api-key=");
    }

    @Test
    @Tag("case-24")
    void who_asks_is_held_to_a_quota_and_services_are_not() {
        assertThat(CommandRun.of("topics", "quotas").out())
                .contains("keyfold-orchestrator", "keyfold-operator", "65536")
                .doesNotContain("workflow", "worker");
        assertThat(
                CommandRun.of(
                        "topics", "quotas", "--principal", "orchestrator=User:CN=b", "--bytes-per-second", "9").out())
                .containsPattern("CN=b +9");
        assertThat(CommandRun.of("topics", "quotas", "--bytes-per-second", "0").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(CommandRun.of("topics", "quotas", "--apply", "--verify").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(CommandRun.of("topics", "quotas", "--principal", "operator=Group:x").err()).contains("is no user");
    }

    @Test
    void who_may_do_what_in_Kafka_is_shown_without_asking_it() {
        assertThat(CommandRun.of("topics", "acls").out())
                .containsPattern("worker-root-key +User:keyfold-worker-root-key +WRITE +topic root-key-events")
                .containsPattern("workflow +User:keyfold-workflow +WRITE +transactional id keyfold-workflow-default-…");
        assertThat(
                CommandRun.of("topics", "acls", "-o", "commands", "--principal", "auditor=User:CN=Ann O'Dit,O=x").out())
                .contains(
                        "kafka-acls.sh --bootstrap-server 127.0.0.1:9092 --command-config admin.properties --add"
                                + " --allow-principal 'User:keyfold-workflow' --operation Create --operation Read"
                                + " --operation Write --topic 'keyfold-workflow-default-'"
                                + " --resource-pattern-type prefixed\n",
                        "--allow-principal 'User:CN=Ann O'\\''Dit,O=x' --operation Read"
                                + " --topic 'cluster-encryption-audit'\n");
        assertThat(CommandRun.of("topics", "acls", "-o", "json", "--installation", "eu").out())
                .contains("\"resource_name\" : \"keyfold-eu-kms-instance\"");
    }

    @Test
    void only_those_who_take_part_are_granted_anything() {
        assertThat(CommandRun.of("topics", "acls", "--principal", "gardener=User:x").err())
                .contains("gardener, which takes no part", "worker-kms-instance");
        assertThat(CommandRun.of("topics", "acls", "--principal", "auditor=x").err()).contains("User:auditor");
        assertThat(CommandRun.of("topics", "acls", "--apply", "--verify").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void a_selection_cannot_be_waited_for() {
        for (var command : List.of("cancel", "retry", "remove", "deprovision")) {
            var run = CommandRun.of(command, "--last-run", "FAILED", "--wait", "--bootstrap-servers", "127.0.0.1:1");

            assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).contains("--wait follows one cluster, not a selection", "keyfold watch");
        }
    }

    @Test
    void a_sweep_without_credentials_or_of_an_account_that_has_none_looks_at_nothing() {
        var run = CommandRun.of("sweep", "--bootstrap-servers", "127.0.0.1:1");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("no API key", "KEYFOLD_IBM_API_KEY");

        run = CommandRun.of("sweep", "--cloud", "emulator", "--only-account", "prod", "--bootstrap-servers",
                "127.0.0.1:1");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("no credentials for the account \"prod\"", "account.prod.ibm.api.key");
    }

    @Test
    void a_sweep_that_is_told_yes_and_not_what_to_is_refused() {
        var run = CommandRun.of("sweep", "--yes", "--cloud", "emulator", "--emulator-url", "http://127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--delete was not given", "keyfold sweep --delete --yes");
    }

    @Test
    void what_can_be_no_cluster_is_not_looked_for() {
        for (var name : List.of("BAD NAME", "a/b/c", "default/", "x".repeat(200))) {
            var run = CommandRun.of("status", name, "--bootstrap-servers", "127.0.0.1:1");

            assertThat(run.exitCode()).as(name).isEqualTo(ExitCode.NOT_FOUND);
            assertThat(run.err()).contains("can be no cluster").doesNotContain("not have been read");
        }
    }

    @Test
    void a_sweep_that_cannot_see_the_cloud_calls_nothing_an_orphan() {
        var run = CommandRun.of(
                "sweep", "--cloud", "emulator", "--emulator-url", "http://127.0.0.1:1", "--bootstrap-servers",
                "127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(ExitCode.UNHEALTHY);
        assertThat(run.err()).contains("the view of account default is not complete", "nothing is called an orphan");
    }

    @ParameterizedTest
    @Tag("case-111")
    @ValueSource(strings = {
        "kafka.sasl.jaas.config", "kafka.ssl.truststore.password", "kafka.ssl.keystore.key",
        "kafka.sasl.oauthbearer.client.credentials.client.secret", "registry.basic.auth.user.info",
        "registry.bearer.auth.token", "registry.schema.registry.ssl.key.password", "material.vault.token"})
    void a_secret_of_the_clients_on_the_command_line_is_refused_and_not_repeated(String setting) {
        var run = CommandRun.of("worker", "root-key", "--property", setting + "=very-secret");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .contains(
                        setting + " is a secret", "Set KEYFOLD_" + setting.toUpperCase(Locale.ROOT).replace('.', '_'))
                .doesNotContain("very-secret");
    }

    @Test
    void a_secret_on_the_command_line_is_refused() {
        var run = CommandRun.of("worker", "root-key", "--property", "ibm.api.key=very-secret");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("KEYFOLD_IBM_API_KEY").doesNotContain("very-secret");
        assertThat(CommandRun.of("doctor", "--property", "account.team-a.ibm.api.key=very-secret").err())
                .contains("KEYFOLD_ACCOUNT_TEAM_A_IBM_API_KEY").doesNotContain("very-secret");
    }

    @Test
    void completion_covers_commands_and_flags() {
        assertThat(CommandRun.of("completion").out()).contains("--until-ended", "doctor", "--registry-url");
    }

    @Test
    void a_plan_says_what_would_be_created_and_used() {
        var run = CommandRun.of(
                "plan",
                "--set", "cluster_prefix=hpc-1",
                "--set", "zone=us-south-1",
                "--set", "kms_instance_name=company-kms",
                "--set", "skip_kms_s2s_auth_policy=true");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out().lines())
                .contains(
                        "default/hpc-1: customer-managed encryption",
                        "KMS_INSTANCE                  use     Key Protect instance \"company-kms\" in us-south",
                        "OBJECT_STORAGE_AUTHORIZATION  skip    Cloud Object Storage: taken to be authorized already");
    }

    @Test
    void a_plan_in_another_account_names_the_cluster_whole() {
        var run = CommandRun.of(
                "plan", "--set", "account=prod", "--set", "cluster_prefix=hpc-1", "--set", "region=eu-de");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).startsWith("prod/hpc-1: customer-managed encryption");
    }

    @Test
    void a_plan_of_a_bad_request_names_every_broken_rule() {
        var run = CommandRun.of("plan", "--set", "cluster_prefix=HPC_1", "--set", "kms_key_name=a-key");

        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("breaks 3 rules", "cluster_prefix", "kms_key_name", "region");
    }

    @Test
    void an_import_that_asks_for_what_only_a_new_key_could_have_is_refused_before_anything_is_sent() {
        var run = CommandRun.of(
                "import", "-f", EXAMPLES.resolve("terraform.tfvars").toString(), "--set", "region=mars", "--set",
                "rotation_interval_months=3");

        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("region = \"mars\"", "left out of an import", "Nothing was published");
    }

    @Test
    void a_provider_managed_plan_creates_nothing() {
        var run = CommandRun.of("plan", "--set", "cluster_prefix=hpc-1", "--set", "key_management=null", "-o", "json");

        assertThat(run.out()).contains("\"encryption\" : \"PROVIDER_MANAGED\"", "\"steps\" : [ ]");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "new-instance-and-key.json", "existing-instance-and-key.json", "existing-instance-new-key.json",
        "provider-managed.json", "fails-midway.json", "delegated-authorizations.json",
        "guarded-key-in-another-region.json",
        "terraform.tfvars"
    })
    void every_good_example_can_be_planned(String example) {
        var run = CommandRun.of("plan", "-f", EXAMPLES.resolve(example).toString());

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    }

    @Test
    @Tag("case-21")
    void the_bad_example_breaks_three_rules() {
        var run = CommandRun.of("plan", "-f", EXAMPLES.resolve("bad-request.json").toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("breaks 3 rules");
    }

    @Test
    void an_unknown_input_and_a_wrong_value_are_refused_before_anything_is_sent() {
        var run = CommandRun.of("deploy", "--set", "cluster_prefx=hpc-1", "--set", "separate_keys=maybe");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("did you mean cluster_prefix?", "separate_keys = maybe; allowed: true or false");
    }

    @Test
    void no_request_at_all_is_answered_with_the_inputs_there_are() {
        var run = CommandRun.of("plan");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("no request was given", "kms_instance_name", "skip_kms_s2s_auth_policy");
    }

    @Test
    void a_settings_file_with_a_misspelt_name_is_refused() throws IOException {
        var file = Files.writeString(directory.resolve("keyfold.properties"), "bootstrap.server=x:1\n");

        var run = CommandRun.of("status", "--config", file.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("did you mean bootstrap.servers?");
    }

    @Test
    void an_unreachable_broker_is_said_in_two_lines_within_ten_seconds() {
        var before = System.nanoTime();

        var run = CommandRun.of("status", "hpc-1", "--bootstrap-servers", "127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(run.err().lines())
                .containsExactly(
                        "keyfold: no broker can be reached at 127.0.0.1:1",
                        "  Start one (keyfold broker) or give another address: --bootstrap-servers HOST:PORT");
        assertThat(System.nanoTime() - before).isLessThan(10_000_000_000L);
    }

    @Test
    void a_broker_that_is_there_and_does_not_answer_is_not_called_absent() throws IOException {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var address = "127.0.0.1:" + silent.getLocalPort();
            for (var command : List.of("status", "doctor")) {
                var run = CommandRun.of(
                        command, "--bootstrap-servers", address, "--property", "kafka.default.api.timeout.ms=1000",
                        "--property", "kafka.request.timeout.ms=500", "--property",
                        "schema.registry.url=http://127.0.0.1:1");

                assertThat(run.exitCode()).isIn(ExitCode.UNREACHABLE, ExitCode.UNHEALTHY);
                assertThat(run.out() + run.err())
                        .contains("the broker at " + address + " takes connections, but has not answered within 1 s",
                                "It may be busy: try again")
                        .doesNotContain("Start one (keyfold broker)");
            }
        }
    }
}
