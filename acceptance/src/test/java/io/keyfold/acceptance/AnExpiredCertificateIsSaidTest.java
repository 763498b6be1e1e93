package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.Preparation;
import io.keyfold.cli.topic.TopicFailure;
import io.keyfold.workers.WorkerKind;
import io.keyfold.workers.WorkerService;
import io.keyfold.workflow.stream.Workflow;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Services and command line where Kafka's certificate, or their own, has run out. A broker is not needed: the handshake, a
/// real one between Java's TLS on both sides, is where it ends.
@Tag("case-84")
@DisplayNameGeneration(ReplaceUnderscores.class)
class AnExpiredCertificateIsSaidTest {
    private static final Instant NOW = Instant.now();
    private static final HeldCertificate AUTHORITY =
            new HeldCertificate.Builder().certificateAuthority(0).commonName("authority").build();
    private static final HeldCertificate VALID = certificate(NOW.plus(Duration.ofDays(1)));
    private static final HeldCertificate EXPIRED = certificate(NOW.minus(Duration.ofHours(1)));

    @TempDir
    private Path directory = Path.of("");

    private static HeldCertificate certificate(Instant until) {
        return new HeldCertificate.Builder().commonName("localhost").addSubjectAlternativeName("localhost")
                .signedBy(AUTHORITY)
                .validityInterval(NOW.minus(Duration.ofDays(2)).toEpochMilli(), until.toEpochMilli()).build();
    }

    @Test
    void where_kafkas_certificate_has_expired_nothing_starts_and_all_say_when_it_did() throws Exception {
        try (var kafka = new Handshakes(EXPIRED)) {
            assertThat(saidBySomeone(kafka, VALID)).hasSize(3).allSatisfy(
                    said -> assertThat(said).contains("come to no connection by TLS", "NotAfter: ", "kafka.ssl.…"));
        }
    }

    @Test
    void where_its_own_certificate_has_expired_nothing_starts_and_all_say_so() throws Exception {
        try (var kafka = new Handshakes(VALID)) {
            assertThat(saidBySomeone(kafka, EXPIRED)).hasSize(3).allSatisfy(
                    said -> assertThat(said).contains("come to no connection by TLS", "certificate", "kafka.ssl.…"));
        }
    }

    @Test
    void it_is_the_date_that_they_complain_of() throws Exception {
        try (var kafka = new Handshakes(VALID)) {
            assertThat(saidBySomeone(kafka, VALID)).hasSize(3)
                    .allSatisfy(said -> assertThat(said).doesNotContain("TLS", "certificate"));
            assertThat(kafka.done()).isPositive();
        }
    }

    /// What workflow, worker and command line say instead of starting.
    private List<String> saidBySomeone(Handshakes kafka, HeldCertificate own) throws IOException {
        var settings = settings(kafka, own);
        var ofWorker = new HashMap<>(settings);
        ofWorker.put("ibm.api.key", "not-asked-for");
        ofWorker.put("ibm.account.id", "0123456789abcdef0123456789abcdef");
        var said = new ArrayList<String>();
        for (var failure : List.of(
                catchThrowable(() -> WorkerService.start(Set.of(WorkerKind.ROOT_KEY), ofWorker)),
                catchThrowable(() -> new Preparation(new Connection(settings)).verifyTopics()),
                catchThrowable(() -> Workflow.start(settings)))) {
            said.add(failure + " " + (failure instanceof TopicFailure it ? it.remedy() : ""));
        }
        assertThat(said).noneMatch(words -> words.contains("PRIVATE KEY"));
        return said;
    }

    private Map<String, String> settings(Handshakes kafka, HeldCertificate own) throws IOException {
        var settings = new HashMap<String, String>();
        settings.put("bootstrap.servers", "localhost:" + kafka.port());
        settings.put("schema.registry.url", "http://localhost:1");
        settings.put("start.timeout.ms", "4000");
        settings.put("kafka.security.protocol", "SSL");
        settings.put("kafka.ssl.truststore.type", "PEM");
        settings.put("kafka.ssl.truststore.location", file("authority.pem", AUTHORITY.certificatePem()));
        settings.put("kafka.ssl.keystore.type", "PEM");
        settings.put(
                "kafka.ssl.keystore.location",
                file("own.pem", own.privateKeyPkcs8Pem() + own.certificatePem() + AUTHORITY.certificatePem()));
        return settings;
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    /// Comes to an understanding on TLS with whoever comes, as a broker that asks for certificates does, and then hangs up.
    private static final class Handshakes implements AutoCloseable {
        private final SSLServerSocket socket;
        private final AtomicInteger done = new AtomicInteger();

        Handshakes(HeldCertificate own) throws IOException {
            socket = (SSLServerSocket) new HandshakeCertificates.Builder().heldCertificate(own, AUTHORITY.certificate())
                    .addTrustedCertificate(AUTHORITY.certificate()).build().sslContext().getServerSocketFactory()
                    .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
            socket.setNeedClientAuth(true);
            Thread.ofVirtual().start(this::serve);
        }

        private void serve() {
            while (!socket.isClosed()) {
                try (var caller = (SSLSocket) socket.accept()) {
                    caller.startHandshake();
                    done.incrementAndGet();
                } catch (IOException e) {
                    // what the other side makes of it is looked at there
                }
            }
        }

        int port() {
            return socket.getLocalPort();
        }

        int done() {
            return done.get();
        }

        @Override
        public void close() throws IOException {
            socket.close(); // which ends the thread
        }
    }
}
