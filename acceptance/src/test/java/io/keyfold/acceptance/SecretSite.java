package io.keyfold.acceptance;

import static org.awaitility.Awaitility.await;

import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.Preparation;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.schemas.Party;
import io.keyfold.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A whole Keyfold in processes of its own, on a Kafka that wants passwords, in which every secret that it can be given is
/// planted: so are the tokens that IAM gives it.
final class SecretSite implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(60);
    static final String ACCOUNT = "0123456789abcdef0123456789abcdef";
    private static final String INSTALLATION = "default";
    private static final String PROFILE = "linked";
    private static final Pattern PASSWORD = Pattern.compile("password=\"([^\"]+)\"");

    final PlantedSecrets secrets = new PlantedSecrets();
    private final Path home = Path.of(System.getProperty("keyfold.home", "..")).toAbsolutePath().normalize();
    private final Path directory;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private final List<Cli> commands = Collections.synchronizedList(new ArrayList<>());
    private final List<String> tokens = new ArrayList<>();
    private final Map<Party, String> apiKeys = new HashMap<>();
    private final SecuredKafka kafka;
    private final FakeVault vault;
    private final String registryUrl;
    private final Cloud cloud;
    private final TokenTap iam;
    private final String trustPassword = secrets.plant("truststore password");
    private final String registryPassword = secrets.plant("registry password");
    private final String otherAccountsKey = secrets.plant("API key of account prod");
    private final String receiverToken = secrets.plant("token for the receiver of spans");
    private final String unknownKey = secrets.plant("API key of account shut-out");
    private final String containerToken = secrets.plant("container's token");
    private final MountedSecret keyFile;
    private final MountedSecret tokenFile;

    SecretSite(Path directory) {
        this.directory = directory;
        kafka = opened(new SecuredKafka(home, directory, INSTALLATION));
        List.of(Party.KMS_INSTANCE_WORKER, Party.ROOT_KEY_WORKER)
                .forEach(worker -> apiKeys.put(worker, secrets.plant("API key of the " + worker.words())));
        var registry = part(
                List.of("registry", "--port", "0"),
                Map.of("KEYFOLD_REGISTRY_DIR", directory.resolve("registry").toString()));
        var emulator = part(
                List.of("emulator", "--listen-port", "0"),
                Map.of("KEYFOLD_API_KEYS", String.join(",", apiKeys.values())));
        kafka.awaitReady();
        parts.add(kafka.broker());
        registryUrl = registry.awaitReady().address();
        cloud = new Cloud(emulator.awaitReady().address());
        cloud.addApiKey(otherAccountsKey, "prod", Site.PROD_ACCOUNT);
        cloud.addProfile(PROFILE, containerToken, ACCOUNT);
        keyFile = mounted("key", apiKey(Party.KMS_INSTANCE_WORKER));
        tokenFile = mounted("token", containerToken);
        iam = opened(new TokenTap(cloud.url(), this::learn));
        vault = opened(new FakeVault(secrets.plant("vault token", "hvs." + secrets.plant("vault token"))));
        Stream.of(Party.values()).map(Party::user).forEach(user -> plantPasswordOf(user));
        new Preparation(kafka.administrator()).grantAccess(kafka.rules());
        run(Party.INSTALLER, "topics", "create", "--partitions", "2", "--replication-factor", "1").expect(0);
        startServices();
    }

    private MountedSecret mounted(String name, String secret) {
        var mounted = new MountedSecret(directory.resolve("mounted-" + name));
        mounted.replace(secret);
        return mounted;
    }

    private void startServices() {
        var services = new ArrayList<Part>();
        services.add(part(List.of("workflow"), environment(Party.WORKFLOW)));
        for (Party worker : Party.WORKERS) {
            services.add(part(List.of("worker", worker.service()), verbose(environment(worker))));
        }
        services.forEach(Part::awaitReady);
    }

    /// Whoever looks for a mistake lets a service say more.
    static Map<String, String> verbose(Map<String, String> environment) {
        var verbose = new HashMap<>(environment);
        verbose.put("KEYFOLD_LOG_LEVEL", "debug");
        return verbose;
    }

    /// What all services have told of what they have lived through.
    Path spans() {
        return directory.resolve("spans.jsonl");
    }

    private synchronized void learn(String token) {
        tokens.add(secrets.plant("IAM token", token));
    }

    synchronized String lastToken() {
        return tokens.getLast();
    }

    synchronized int tokensLearned() {
        return tokens.size();
    }

    private void plantPasswordOf(String user) {
        var login = String.valueOf(kafka.settings(user).get("kafka.sasl.jaas.config"));
        var password = PASSWORD.matcher(login);
        if (!password.find()) {
            throw new IllegalStateException("no password of " + user);
        }
        secrets.plant("Kafka password of " + user, password.group(1));
    }

    // ---- settings

    /// What a party is given, every secret among it.
    Map<String, String> settings(Party party) {
        var settings = kafka.settings(party);
        settings.put("kafka.ssl.truststore.type", "PKCS12");
        settings.put("kafka.ssl.truststore.location", truststore().toString());
        settings.put("kafka.ssl.truststore.password", trustPassword);
        settings.put("schema.registry.url", registryUrl);
        settings.put("registry.basic.auth.credentials.source", "USER_INFO");
        settings.put("registry.basic.auth.user.info", "keyfold:" + registryPassword);
        if (party == Party.WORKFLOW || Party.WORKERS.contains(party)) {
            settings.put("traces.file", spans().toString());
            // Nobody listens there, which is told in logs.
            settings.put("traces.endpoint", "http://127.0.0.1:1");
            settings.put("traces.headers", "authorization=Bearer " + receiverToken);
        }
        if (party == Party.WORKFLOW) {
            settings.put("state.dir", directory.resolve("state").toString());
            settings.put("second.look.after.ms", "1000");
        }
        if (Party.WORKERS.contains(party) || party == Party.OPERATOR) {
            settings.put("iam.url", iam.url());
            settings.put("resource.controller.url", cloud.url());
            settings.put("key.protect.url", cloud.url());
            settings.put("ibm.account.id", ACCOUNT);
            settings.putAll(credentials(party));
            settings.put("account.prod.ibm.account.id", Site.PROD_ACCOUNT);
            settings.put("account.prod.ibm.api.key", otherAccountsKey);
        }
        if (Party.WORKERS.contains(party)) {
            settings.put("account.shut.out.ibm.account.id", Site.SHUT_OUT_ACCOUNT);
            settings.put("account.shut.out.ibm.api.key", unknownKey);
        }
        if (party == Party.ROOT_KEY_WORKER) {
            settings.put("material.directory", directory.resolve("material").toString());
            settings.put("material.vault.url", vault.url());
            settings.put("material.vault.token", vault.token());
        }
        return settings;
    }

    /// Of each kind that there is.
    private Map<String, String> credentials(Party party) {
        return switch (party) {
            case KMS_INSTANCE_WORKER -> Map.of("ibm.api.key.file", keyFile.file().toString());
            case AUTHORIZATION_WORKER ->
                Map.of("ibm.profile.name", PROFILE, "ibm.cr.token.file", tokenFile.file().toString());
            default -> Map.of("ibm.api.key", apiKey(party));
        };
    }

    String containerToken() {
        return containerToken;
    }

    String apiKey(Party party) {
        return apiKeys.getOrDefault(party, apiKeys.getOrDefault(Party.ROOT_KEY_WORKER, ""));
    }

    String unknownKey() {
        return unknownKey;
    }

    Map<String, String> environment(Party party) {
        var environment = new HashMap<String, String>();
        settings(party).forEach(
                (name, value) -> environment.put(
                        "KEYFOLD_" + name.toUpperCase(Locale.ROOT).replace('.', '_'), value));
        return environment;
    }

    /// The broker's authority in a store that is locked with a password.
    private Path truststore() {
        var file = directory.resolve("truststore.p12");
        if (!Files.exists(file)) {
            var pem = Path.of(String.valueOf(kafka.settings(Party.WORKFLOW).get("kafka.ssl.truststore.location")));
            try (var in = Files.newInputStream(pem); var out = Files.newOutputStream(file)) {
                var store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setCertificateEntry(
                        "authority", (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in));
                store.store(out, trustPassword.toCharArray());
            } catch (IOException | GeneralSecurityException e) {
                throw new IllegalStateException("No truststore", e);
            }
        }
        return file;
    }

    // ---- material

    /// @return the reference of new material in a file
    String materialInAFile(String name) {
        try {
            Files.writeString(
                    Files.createDirectories(directory.resolve("material")).resolve(name), newMaterial(name) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "file:" + name;
    }

    /// @return the reference of new material in the vault
    String materialInTheVault(String name) {
        vault.keep(name, newMaterial(name));
        return "vault:" + name;
    }

    private String newMaterial(String name) {
        byte[] bytes = secrets.plant("material " + name).substring(0, 32).getBytes(StandardCharsets.US_ASCII);
        bytes[0] = (byte) 0xf7;
        secrets.plant("material " + name, bytes);
        return secrets.plant("material " + name, Base64.getEncoder().encodeToString(bytes));
    }

    // ---- asking and seeing

    Cloud cloud() {
        return cloud;
    }

    Path directory() {
        return directory;
    }

    SecuredKafka kafka() {
        return kafka;
    }

    Connection connection(Party party) {
        return new Connection(settings(party));
    }

    /// A command of the command line as this party, remembered for what it said.
    Cli run(Party party, String... arguments) {
        return run(environment(party), arguments);
    }

    Cli run(Map<String, String> environment, String... arguments) {
        var command = Cli.run(environment, home, arguments);
        commands.add(command);
        return command;
    }

    String deploy(ClusterDeployRequested.Builder request) {
        var built = request.build();
        try (var publisher = new RequestPublisher(connection(Party.ORCHESTRATOR))) {
            publisher.publish(built);
        }
        return built.getAccount() + "/" + built.getClusterPrefix();
    }

    ClusterEncryptionStatus awaitStatus(String cluster, Predicate<ClusterEncryptionStatus> wanted) {
        try (var topics = new TopicReader(connection(Party.OPERATOR))) {
            return await(cluster).atMost(SOON).until(
                    () -> topics.latest(Topics.CLUSTER_ENCRYPTION_STATUS, cluster),
                    status -> status.filter(wanted).isPresent()).orElseThrow();
        }
    }

    ClusterEncryptionStatus awaitEnd(String cluster) {
        return awaitStatus(cluster, status -> status.getLastRun().getEndedAt() != null);
    }

    List<Part> parts() {
        return List.copyOf(parts);
    }

    List<Cli> commands() {
        synchronized (commands) {
            return List.copyOf(commands);
        }
    }

    /// One more process that is looked at like the others.
    Part part(List<String> arguments, Map<String, String> environment) {
        var part = opened(Part.start(home, arguments, environment, directory));
        parts.add(part);
        return part;
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.add(resource);
        return resource;
    }

    /// @param texts by their places
    /// @return the names of the secrets that show, by the place where they do
    Map<String, List<String>> seen(Map<String, String> texts) {
        var seen = new TreeMap<String, List<String>>();
        texts.forEach((place, text) -> {
            var names = secrets.seenIn(text);
            if (!names.isEmpty()) {
                seen.put(place, names);
            }
        });
        return seen;
    }

    @Override
    public void close() {
        for (AutoCloseable resource : open.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                System.err.println("Not closed: " + e);
            }
        }
    }
}
