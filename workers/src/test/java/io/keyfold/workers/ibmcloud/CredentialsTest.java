package io.keyfold.workers.ibmcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keyfold.emulator.EmulatorServer;
import io.keyfold.emulator.EmulatorSettings;
import io.keyfold.emulator.service.Role;
import io.keyfold.monitoring.traces.Traces;
import io.keyfold.workers.step.FakeTime;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How IAM is shown who we are, over HTTP; and what happens when that changes while we run.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CredentialsTest {
    private static final String OWNER = "worker";

    private final FakeTime time = new FakeTime();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @TempDir
    private Path directory = Path.of("");

    private EmulatorServer emulator;
    private final List<IbmCloud> open = new ArrayList<>();

    @BeforeEach
    void start() {
        emulator = EmulatorServer.start(EmulatorSettings.of(Map.of("seed", "7")));
    }

    @AfterEach
    void stop() {
        open.forEach(IbmCloud::close);
        emulator.close();
    }

    // ---- an API key in a file

    @Test
    @Tag("case-114")
    void a_key_that_is_replaced_in_its_file_is_taken_up_when_the_token_is_over() throws IOException {
        Path file = keyFile("first-api-key");
        IbmCloud cloud = cloud(new Credentials.ApiKeyFile(file));
        accept("first-api-key");
        assertThat(cloud.kmsInstances().named("none")).isEmpty();

        Files.writeString(file, "second-api-key\n");
        accept("second-api-key");
        assertThat(cloud.kmsInstances().named("none")).as("the token is still good").isEmpty();
        assertThat(tokens()).isEqualTo(1);

        emulator.cloud().tokens().expireAll();
        assertThat(cloud.kmsInstances().named("none")).isEmpty();
        assertThat(tokens()).isEqualTo(2);
    }

    @Test
    @Tag("case-114")
    void a_key_that_IAM_refuses_is_a_passing_fault_until_another_lies_in_the_file() throws IOException {
        Path file = keyFile("first-api-key");
        IbmCloud cloud = cloud(new Credentials.ApiKeyFile(file));
        accept("second-api-key");

        assertThat(refused(cloud).answer().code()).contains("BXNIM0415E");
        assertThat(refused(cloud).answer().code()).contains("BXNIM0415E");
        assertThat(tokens()).as("it is not asked for by each in turn").isEqualTo(1);

        Files.writeString(file, "second-api-key");
        time.pass(Duration.ofSeconds(6));
        assertThat(cloud.kmsInstances().named("none")).isEmpty();
    }

    @Test
    @Tag("case-114")
    void a_file_is_replaced_by_another_as_Kubernetes_does_it() throws IOException {
        Files.writeString(Files.createDirectory(directory.resolve("..1")).resolve("key"), "first-api-key");
        Files.writeString(Files.createDirectory(directory.resolve("..2")).resolve("key"), "second-api-key");
        Path data = Files.createSymbolicLink(directory.resolve("..data"), Path.of("..1"));
        Path file = Files.createSymbolicLink(directory.resolve("key"), Path.of("..data", "key"));
        IbmCloud cloud = cloud(new Credentials.ApiKeyFile(file));
        accept("first-api-key");
        assertThat(cloud.kmsInstances().named("none")).isEmpty();

        Files.delete(data);
        accept("second-api-key");
        emulator.cloud().tokens().expireAll();
        assertThat(refused(cloud).answer().message()).as("in between")
                .isEqualTo("the API key (ibm.api.key.file) cannot be had: there is no file " + file);

        Files.createSymbolicLink(data, Path.of("..2"));
        assertThat(cloud.kmsInstances().named("none")).isEmpty();
    }

    @ParameterizedTest
    @Tag("case-111")
    @ValueSource(strings = {"", " \n", "sesame-key\nsesame-too", "sesame key", "sesame-k\u00e9y"})
    void a_file_with_anything_but_a_key_is_a_passing_fault_that_does_not_show_it(String text) throws IOException {
        var fault = refused(cloud(new Credentials.ApiKeyFile(keyFile(text))));

        assertThat(fault.answer().toString()).contains("ibm.api.key.file", "key-file").doesNotContain("sesame");
        assertThat(tokens()).isZero();
    }

    @Test
    @Tag("case-111")
    void what_IAM_says_again_of_a_key_from_a_file_is_hidden() throws IOException {
        emulator.cloud().addFaults(
                "{\"name\":\"echo\",\"operation\":\"iam.token\",\"fault\":{\"type\":\"status\",\"status\":400,"
                        + "\"body\":\"{\\\"errorMessage\\\":\\\"no such key: first-api-key\\\"}\"}}");

        assertThat(refused(cloud(new Credentials.ApiKeyFile(keyFile("first-api-key")))).answer().message())
                .isEqualTo("no such key: [hidden]");
    }

    // ---- a trusted profile

    @Test
    void a_container_acts_as_the_trusted_profile_that_it_is_linked_to_by_id_or_by_name() throws IOException {
        String id = profile("cr-token-1");
        Path file = Files.writeString(directory.resolve("token"), "cr-token-1\n");

        for (var profile : List.of(new Credentials.Profile.Id(id), new Credentials.Profile.Name(OWNER))) {
            IbmCloud cloud = cloud(new Credentials.TrustedProfile(profile, Optional.of(file)));
            assertThat(cloud.identity().iamId()).isEqualTo("iam-" + id);
            assertThat(cloud.identity().accountId()).contains(emulator.cloud().account());
            assertThat(cloud.kmsInstances().named("none")).isEmpty();
        }
    }

    @Test
    @Tag("case-114")
    void a_container_s_token_that_is_replaced_on_disk_is_taken_up_and_the_former_is_not_sent_again()
            throws IOException {
        var name = new Credentials.Profile.Name(OWNER);
        Path file = Files.writeString(directory.resolve("token"), "cr-token-1");
        profile("cr-token-1");
        IbmCloud cloud = cloud(new Credentials.TrustedProfile(name, Optional.of(file)));
        assertThat(cloud.kmsInstances().named("none")).isEmpty();

        for (int hour = 2; hour < 5; hour++) {
            Files.writeString(file, "cr-token-" + hour);
            profile("cr-token-" + hour);
            emulator.cloud().tokens().expireAll();
            time.pass(Duration.ofHours(1));
            assertThat(cloud.kmsInstances().named("none")).isEmpty();
        }
        assertThat(tokens()).isEqualTo(4);
    }

    @Test
    void a_profile_that_does_not_trust_the_container_or_a_token_that_is_missing_is_a_passing_fault()
            throws IOException {
        profile("cr-token-1");
        Path file = Files.writeString(directory.resolve("token"), "cr-token-of-another");
        var name = new Credentials.Profile.Name(OWNER);

        assertThat(refused(cloud(new Credentials.TrustedProfile(name, Optional.of(file)))).answer().toString())
                .contains("not valid for the trusted profile").doesNotContain("cr-token-of-another");
        Files.delete(file);
        assertThat(refused(cloud(new Credentials.TrustedProfile(name, Optional.of(file)))).answer().message())
                .isEqualTo("the container's token (ibm.cr.token.file) cannot be had: there is no file " + file);
        assertThat(refused(cloud(new Credentials.TrustedProfile(name, Optional.empty()))).answer().message())
                .isEqualTo(
                        "the container's token (ibm.cr.token.file) cannot be had: it is in none of its usual places");
    }

    @Test
    void that_something_is_not_found_rejects_a_profile_and_no_key() throws IOException {
        emulator.cloud().addFaults(
                "{\"name\":\"elsewhere\",\"operation\":\"iam.token\",\"fault\":{\"type\":\"status\",\"status\":404}}");
        var file = Files.writeString(directory.resolve("token"), "cr-token-1");

        for (var key : List.of(
                new Credentials.ApiKey(new Secret("first-api-key")),
                new Credentials.ApiKeyFile(keyFile("first-api-key")))) {
            var refused = catchThrowableOfType(
                    FaultException.class, () -> cloud(key).kmsInstances().named("none"));
            assertThat(refused.fault().code()).isEqualTo(FaultCode.PROTOCOL);
        }
        refused(cloud(new Credentials.TrustedProfile(new Credentials.Profile.Name(OWNER), Optional.of(file))));
    }

    // ---- both

    @Test
    void all_threads_share_one_fetch_of_a_token_whichever_way_we_authenticate() throws Exception {
        accept("first-api-key");
        profile("cr-token-1");
        var file = Files.writeString(directory.resolve("token"), "cr-token-1");
        for (Credentials credentials : List.of(
                new Credentials.ApiKeyFile(keyFile("first-api-key")),
                new Credentials.TrustedProfile(new Credentials.Profile.Name(OWNER), Optional.of(file)))) {
            long before = tokens();
            IbmCloud cloud = cloud(credentials);
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var calls = new ArrayList<Future<?>>();
                for (int caller = 0; caller < 20; caller++) {
                    calls.add(threads.submit(() -> cloud.kmsInstances().named("none")));
                }
                for (Future<?> call : calls) {
                    call.get();
                }
            }
            assertThat(tokens() - before).isEqualTo(1);
        }
    }

    private void accept(String apiKey) {
        emulator.cloud().addApiKey(apiKey, OWNER, emulator.cloud().account(), Role.ordinary());
    }

    private String profile(String containerToken) {
        return emulator.cloud().addProfile(OWNER, containerToken, emulator.cloud().account(), Role.ordinary());
    }

    private Path keyFile(String text) throws IOException {
        return Files.writeString(directory.resolve("key-file"), text);
    }

    private long tokens() {
        return emulator.cloud().counts().calls("iam.token");
    }

    private static Fault.Transient refused(IbmCloud cloud) {
        var refused = catchThrowableOfType(FaultException.class, () -> cloud.kmsInstances().named("none"));
        assertThat(refused.fault()).isInstanceOf(Fault.Transient.class);
        assertThat(refused.fault().code()).isEqualTo(FaultCode.CREDENTIALS_REJECTED);
        return (Fault.Transient) refused.fault();
    }

    private IbmCloud cloud(Credentials credentials) {
        URI url = emulator.baseUrl();
        var patience = Duration.ofSeconds(20);
        var cloud = new IbmCloud(
                new IbmCloudSettings(
                        url, url, new KeyProtectUrl.Given(url.toString()), credentials, emulator.cloud().account(),
                        patience, patience, 1000, 1000, 1000),
                time, InstantSource.system(), meters, Traces.off());
        open.add(cloud);
        return cloud;
    }
}
