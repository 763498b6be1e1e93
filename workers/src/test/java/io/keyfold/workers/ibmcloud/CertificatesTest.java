package io.keyfold.workers.ibmcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who says that it is IBM Cloud has to prove it: there is no setting that believes everyone.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CertificatesTest {
    private static final char[] PASSWORD = "not a secret".toCharArray();

    @Test
    @Tag("case-53")
    void a_server_whose_certificate_nobody_vouches_for_is_told_nothing_and_named(@TempDir Path directory)
            throws Exception {
        var requests = new AtomicInteger();
        var server = selfSigned(directory.resolve("server.p12"));
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            exchange.close();
        });
        server.start();
        var url = URI.create("https://127.0.0.1:" + server.getAddress().getPort());
        try (var cloud = new IbmCloud(settings(url))) {
            var fault = catchThrowableOfType(FaultException.class, () -> cloud.kmsInstances()
                    .named("hpc-1-kms"))
                    .fault();

            assertThat(fault).isInstanceOf(Fault.Transient.class);
            assertThat(fault.answer().toString()).containsIgnoringCase("certif");
            assertThat(requests).hasValue(0);
        } finally {
            server.stop(0);
        }
    }

    private static HttpsServer selfSigned(Path store) throws Exception {
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var made = new ProcessBuilder(
                keytool, "-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=127.0.0.1",
                "-ext", "SAN=IP:127.0.0.1", "-storetype", "PKCS12", "-keystore", store.toString(),
                "-storepass", new String(PASSWORD))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(made).isZero();
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(KeyStore.getInstance(store.toFile(), PASSWORD), PASSWORD);
        var tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), null, null);
        var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        return server;
    }

    private static IbmCloudSettings settings(URI url) {
        var time = Duration.ofSeconds(5);
        return new IbmCloudSettings(
                url, url, new KeyProtectUrl.Given(url.toString()), new Credentials.ApiKey(new Secret("key")), "acc",
                time, time, 100, 100, 100);
    }
}
