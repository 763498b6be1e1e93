package io.keyfold.acceptance;

import io.keyfold.cli.process.BrokerSecurity;
import io.keyfold.cli.process.FreePorts;
import io.keyfold.cli.settings.SettingSources;
import io.keyfold.cli.topic.Connection;
import io.keyfold.schemas.AccessRules;
import io.keyfold.schemas.Party;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// `keyfold broker --secure`, and the settings with which each party connects to it.
final class SecuredKafka implements AutoCloseable {
    private static final String OAUTH = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required";

    private final Path directory;
    private final Part broker;
    private final int tlsPort = FreePorts.find(1).getFirst();
    private final String installation;

    /// @param installation whose services it is for
    SecuredKafka(Path home, Path directory, String installation) {
        this.directory = directory;
        this.installation = installation;
        this.broker = Part.start(
                home,
                List.of(
                        "broker", "--secure", "--port", "0", "--mtls-port", Integer.toString(tlsPort), "--dir",
                        data().toString(),
                        // Tokens that nobody has signed: what is shown is that clients can be told to bring tokens.
                        "--property", "sasl.enabled.mechanisms=SCRAM-SHA-512,OAUTHBEARER",
                        "--property", "listener.name.sasl_ssl.oauthbearer.sasl.jaas.config=" + OAUTH + ";"),
                Map.of(), directory, "secured-broker");
    }

    SecuredKafka awaitReady() {
        broker.awaitReady();
        return this;
    }

    private Path data() {
        return directory.resolve("secured");
    }

    /// The process.
    Part broker() {
        return broker;
    }

    String bootstrapServers() {
        return broker.address();
    }

    AccessRules rules() {
        return new AccessRules(installation, "keyfold-workflow-" + installation, Map.of());
    }

    /// As a party connects by its password.
    Map<String, String> settings(Party party) {
        return settings(party.user());
    }

    Map<String, String> settings(String user) {
        var settings = new HashMap<>(SettingSources.read(BrokerSecurity.settings(data(), user, false)));
        settings.put("bootstrap.servers", bootstrapServers());
        return settings;
    }

    /// As a party connects by its certificate.
    Map<String, String> settingsByCertificate(Party party) {
        var settings = new HashMap<>(SettingSources.read(BrokerSecurity.settings(data(), party.user(), true)));
        settings.put("bootstrap.servers", "127.0.0.1:" + tlsPort);
        return settings;
    }

    /// As a party connects with a token.
    Map<String, String> settingsByToken(Party party) {
        var settings = settings(party);
        settings.put("kafka.sasl.mechanism", "OAUTHBEARER");
        settings.put(
                "kafka.sasl.jaas.config", OAUTH + " unsecuredLoginStringClaim_sub=\"" + party.user() + "\";");
        return settings;
    }

    Connection administrator() {
        return new Connection(settings(BrokerSecurity.ADMINISTRATOR));
    }

    /// What a Kafka client is configured with to see everything.
    Map<String, Object> administratorsConfig() {
        var config = new HashMap<String, Object>();
        settings(BrokerSecurity.ADMINISTRATOR)
                .forEach((name, value) -> config.put(name.replaceFirst("^kafka\\.", ""), value));
        return config;
    }

    /// The broker's log: whom it has refused what, among others.
    String log() {
        try {
            return Files.readString(broker.log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        broker.close();
    }
}
