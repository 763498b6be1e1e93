package io.keyfold.workers.ibmcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keyfold.emulator.EmulatorServer;
import io.keyfold.emulator.EmulatorSettings;
import io.keyfold.regions.CloudRegions;
import io.keyfold.regions.Network;
import io.keyfold.workers.ibmcloud.RawServer.Reply;
import io.keyfold.workers.kmsinstance.NewKmsInstance.AllowedNetwork;
import io.keyfold.workers.kmsinstance.NewKmsInstance;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.InstanceAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Which of IBM's hosts are called: whatever goes to one of them meets a proxy, which notes the host and lets nobody out.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EndpointsTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    private final ProxySelector before = ProxySelector.getDefault();
    private RawServer proxy;
    private RawServer tokens;

    @BeforeEach
    void start() throws IOException {
        proxy = new RawServer(request -> Reply.json(502, "{}"));
        tokens = new RawServer(request -> Reply.json(500, "{}"));
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                return uri.getHost().endsWith(".ibm.com")
                        ? List.of(new Proxy(
                                Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", proxy.url().getPort())))
                        : List.of(Proxy.NO_PROXY);
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
        });
    }

    @AfterEach
    void stop() throws IOException {
        ProxySelector.setDefault(before);
        tokens.close();
        proxy.close();
    }

    @ParameterizedTest
    @EnumSource
    void tokens_are_fetched_from_IAM_in_the_chosen_network(Network network) {
        try (var cloud = new IbmCloud(IbmCloudSettings.of(network, "acc", new Credentials.ApiKey(new Secret("k"))))) {
            faultOf(() -> cloud.kmsInstances().named("hpc-1-kms"));
        }

        assertThat(called()).containsOnly(host(network, "iam.cloud.ibm.com"));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("case-22")
    void each_api_is_called_in_the_chosen_network_and_Key_Protect_in_the_instances_region(Network network) {
        try (var cloud = new IbmCloud(with(network))) {
            faultOf(() -> cloud.kmsInstances().named("hpc-1-kms"));
            assertThat(called()).containsExactly(host(network, "resource-controller.cloud.ibm.com"));

            faultOf(() -> cloud.rootKeys().named(new InstanceAddress("eu-de", "guid"), "hpc-1-key"));
            assertThat(called()).last().isEqualTo(host(network, "eu-de.kms.cloud.ibm.com"));
        }
    }

    @Test
    @Tag("case-22")
    void in_a_region_that_is_not_known_nothing_is_called_and_no_instance_made() {
        try (var cloud = new IbmCloud(with(Network.PRIVATE))) {
            var wanted = new NewKmsInstance(
                    "hpc-1-kms", "xx-new", "group", AllowedNetwork.PUBLIC_AND_PRIVATE, List.of());
            assertThat(faultOf(() -> cloud.kmsInstances().create(wanted))).isEqualTo(
                    faultOf(() -> cloud.rootKeys().named(new InstanceAddress("xx-new", "guid"), "hpc-1-key")));
            assertThat(faultOf(() -> cloud.kmsInstances().create(wanted))).isInstanceOfSatisfying(
                    Fault.Permanent.class, fault -> {
                        assertThat(fault.code()).isEqualTo(FaultCode.INVALID);
                        assertThat(fault.answer().message()).isEqualTo(
                                "no region \"xx-new\" is known, only "
                                        + String.join(", ", CloudRegions.ofIbm().all())
                                        + ". If there is a way to it, set key.protect.url for the workers");
                    });
        }

        assertThat(called()).isEmpty();
    }

    /// The emulator has a list of its own, as it may know nothing of ours.
    @Test
    void the_emulator_sells_Key_Protect_in_the_very_same_regions() {
        try (var emulator = EmulatorServer.start(EmulatorSettings.of(Map.of("seed", "7")));
                var cloud = new IbmCloud(new IbmCloudSettings(
                        emulator.baseUrl(), emulator.baseUrl(),
                        new KeyProtectUrl.Given(emulator.baseUrl().toString()),
                        new Credentials.ApiKey(new Secret(EmulatorSettings.USUAL_API_KEY)), emulator.cloud().account(),
                        SOON, SOON, 1000, 1000,
                        1000))) {
            var group = cloud.kmsInstances().resourceGroupId("Default").orElseThrow();

            assertThat(CloudRegions.ofIbm().all()).allSatisfy(region -> assertThat(
                    cloud.kmsInstances()
                            .create(new NewKmsInstance(
                                    region, region, group, AllowedNetwork.PUBLIC_AND_PRIVATE, List.of()))
                            .region())
                    .isEqualTo(region));
            assertThat(faultOf(() -> cloud.kmsInstances()
                    .create(new NewKmsInstance("x", "xx-new", group, AllowedNetwork.PUBLIC_AND_PRIVATE, List.of()))))
                    .isInstanceOf(Fault.Permanent.class);
        }
    }

    private List<String> called() {
        return proxy.requests().stream().map(RawServer.Request::target).toList();
    }

    private static String host(Network network, String name) {
        return (network == Network.PRIVATE ? "private." : "") + name + ":443";
    }

    private IbmCloudSettings with(Network network) {
        return new IbmCloudSettings(
                tokens.url(), IbmCloudSettings.resourceControllerUrl(network), new KeyProtectUrl.OfIbm(network),
                new Credentials.ApiKey(new Secret("k")), "acc", SOON, SOON, 1000, 1000, 1000);
    }

    private static Fault faultOf(Runnable call) {
        return catchThrowableOfType(FaultException.class, call::run).fault();
    }
}
