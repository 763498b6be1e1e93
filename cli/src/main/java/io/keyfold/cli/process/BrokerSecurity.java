package io.keyfold.cli.process;

import io.keyfold.schemas.Party;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import okhttp3.tls.HeldCertificate;

/// What a broker needs that lets nobody in without a password or a certificate, and nobody do more than was granted: its
/// certificates, a user for each [Party] and one for the administrator, and the settings with which each of them connects.
///
/// All of it is made when the broker's directory is formatted, lies under `security/` there, and can be read by this user
/// alone. The certificates' authority is used once and forgotten, so nobody can issue further ones.
public final class BrokerSecurity {
    /// The user to whom everything is allowed.
    public static final String ADMINISTRATOR = "keyfold-admin";

    private static final String BROKER = "keyfold-broker";
    private static final String DIRECTORY = "security";
    private static final String AUTHORITY = "authority.pem";
    private static final String MECHANISM = "SCRAM-SHA-512";
    private static final String SCRAM_LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule required";
    private static final int DAYS = 730;
    private static final int PASSWORD_LENGTH = 32;
    private static final String PASSWORD_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path directory;

    private BrokerSecurity(Path directory) {
        this.directory = directory;
    }

    /// What belongs to the broker with this directory, and may not be there yet.
    static BrokerSecurity of(Path brokerDirectory) {
        return new BrokerSecurity(brokerDirectory.resolve(DIRECTORY).toAbsolutePath().normalize());
    }

    /// The settings with which a user of the broker connects, by its password or by its certificate.
    public static Path settings(Path brokerDirectory, String user, boolean byCertificate) {
        return brokerDirectory.resolve(DIRECTORY).resolve(user + (byCertificate ? "-mtls" : "") + ".properties");
    }

    boolean exists() {
        return Files.exists(directory.resolve(AUTHORITY));
    }

    /// Makes everything anew.
    ///
    /// @param hosts under which the broker is reached
    /// @return the users' passwords
    Map<String, String> make(List<String> hosts) throws IOException {
        Files.createDirectories(directory);
        if (isPosix()) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
        var authority = new HeldCertificate.Builder().certificateAuthority(0).commonName("Keyfold broker's authority")
                .duration(DAYS, TimeUnit.DAYS).build();
        write(AUTHORITY, authority.certificatePem());
        certify(BROKER, authority, hosts);
        var passwords = new LinkedHashMap<String, String>();
        users().forEach(user -> passwords.put(user, password()));
        for (var user : passwords.entrySet()) {
            certify(user.getKey(), authority, List.of());
            write(user.getKey() + ".properties", lines(byPassword(user.getKey(), user.getValue())));
            write(user.getKey() + "-mtls.properties", lines(byCertificate(user.getKey())));
        }
        return passwords;
    }

    /// What tells Kafka's storage tool of the users. Their passwords are known to the brokers from then on.
    static List<String> formatArguments(Map<String, String> passwords) {
        var arguments = new ArrayList<String>();
        passwords.forEach((user, password) -> {
            arguments.add("--add-scram");
            arguments.add(MECHANISM + "=[name=" + user + ",password=" + password + "]");
        });
        return arguments;
    }

    /// What the broker is told: clients come by password at its port, by certificate at the other one. So does the broker
    /// itself, to itself and to its controller.
    Map<String, String> brokerProperties() {
        return Map.ofEntries(
                Map.entry("listener.security.protocol.map", "SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:SSL"),
                Map.entry("inter.broker.listener.name", "SSL"),
                Map.entry("sasl.enabled.mechanisms", MECHANISM),
                Map.entry("listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config", SCRAM_LOGIN + ";"),
                Map.entry("listener.name.ssl.ssl.client.auth", "required"),
                Map.entry("listener.name.controller.ssl.client.auth", "required"),
                Map.entry("ssl.keystore.type", "PEM"),
                Map.entry("ssl.keystore.location", directory.resolve(BROKER + ".pem").toString()),
                Map.entry("ssl.truststore.type", "PEM"),
                Map.entry("ssl.truststore.location", directory.resolve(AUTHORITY).toString()),
                // A user is the same one by whichever way it comes.
                Map.entry("ssl.principal.mapping.rules", "RULE:^CN=([^,]+).*$/$1/"),
                Map.entry("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
                Map.entry("allow.everyone.if.no.acl.found", "false"),
                Map.entry("super.users", "User:" + BROKER + ";User:" + ADMINISTRATOR));
    }

    private static List<String> users() {
        var users = new ArrayList<>(Arrays.stream(Party.values()).map(Party::user).toList());
        users.add(ADMINISTRATOR);
        return users;
    }

    private Map<String, String> byPassword(String user, String password) {
        var settings = new TreeMap<>(trust());
        settings.put("kafka.security.protocol", "SASL_SSL");
        settings.put("kafka.sasl.mechanism", MECHANISM);
        settings.put(
                "kafka.sasl.jaas.config",
                SCRAM_LOGIN + " username=\"" + user
                        + "\" password=\"" + password + "\";");
        return settings;
    }

    private Map<String, String> byCertificate(String user) {
        var settings = new TreeMap<>(trust());
        settings.put("kafka.security.protocol", "SSL");
        settings.put("kafka.ssl.keystore.type", "PEM");
        settings.put("kafka.ssl.keystore.location", directory.resolve(user + ".pem").toString());
        return settings;
    }

    private Map<String, String> trust() {
        return Map.of(
                "kafka.ssl.truststore.type", "PEM",
                "kafka.ssl.truststore.location", directory.resolve(AUTHORITY).toString());
    }

    private void certify(String user, HeldCertificate authority, List<String> hosts) throws IOException {
        var certificate = new HeldCertificate.Builder().commonName(user).signedBy(authority)
                .duration(DAYS, TimeUnit.DAYS);
        hosts.stream().distinct().forEach(certificate::addSubjectAlternativeName);
        var held = certificate.build();
        write(user + ".pem", held.privateKeyPkcs8Pem() + held.certificatePem() + authority.certificatePem());
    }

    /// The names that a client may reach this host by.
    static List<String> namesOf(String host, String advertisedHost) {
        var names = new ArrayList<>(List.of("localhost", "127.0.0.1", advertisedHost));
        try {
            if (!InetAddress.getByName(host).isAnyLocalAddress()) {
                names.add(host);
            }
        } catch (UnknownHostException e) {
            names.add(host); // a name of this machine's that only others can look up
        }
        return names;
    }

    private static String password() {
        return IntStream.range(0, PASSWORD_LENGTH)
                .mapToObj(_ -> String.valueOf(PASSWORD_LETTERS.charAt(RANDOM.nextInt(PASSWORD_LETTERS.length()))))
                .collect(Collectors.joining());
    }

    private static String lines(Map<String, String> settings) {
        return settings.entrySet().stream().map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /// So that nobody else can read it at any moment.
    private void write(String name, String text) throws IOException {
        var file = directory.resolve(name);
        Files.deleteIfExists(file);
        if (isPosix()) {
            Files.createFile(
                    file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file, text, StandardOpenOption.CREATE);
    }

    private boolean isPosix() {
        return directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
