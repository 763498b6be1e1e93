package io.keyfold.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/// The few calls of the Confluent REST API that registration needs, with the same settings as Confluent's own client:
/// several addresses, basic and static-token authentication, TLS.
final class RegistryHttp {
    private static final Duration TIMEOUT = Duration.ofSeconds(8);
    private static final String JSON_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final Pattern TRAILING_SLASHES = Pattern.compile("/+$");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ConfigDef TLS = new ConfigDef();

    static {
        SslConfigs.addClientSslSupport(TLS);
    }

    private final List<URI> addresses;
    private final Optional<String> authorization;
    private final HttpClient http;

    RegistryHttp(SerdeSettings settings) {
        this.addresses = Stream.of(settings.registryUrl().split(",", -1))
                .map(String::strip)
                .map(RegistryHttp::address)
                .toList();
        this.authorization = authorization(settings, addresses.get(0));
        this.http = client(settings.client());
    }

    /// What a registry answered.
    record Answer(int status, JsonNode body) {
        private static final int FIRST_ERROR = 300;

        boolean isGood() {
            return status < FIRST_ERROR;
        }

        boolean isNotFound() {
            return status == 404;
        }

        /// Its own words, else the status alone.
        String words() {
            String message = body.path("message").asText("");
            return "HTTP " + status + (message.isEmpty() ? "" : ", " + message);
        }
    }

    Answer get(String path) {
        return send("GET", path, Optional.empty());
    }

    Answer post(String path, Map<String, String> body) {
        return send("POST", path, Optional.of(body));
    }

    Answer put(String path, Map<String, String> body) {
        return send("PUT", path, Optional.of(body));
    }

    private Answer send(String method, String path, Optional<Map<String, String>> body) {
        List<String> failures = new ArrayList<>();
        for (URI address : addresses) {
            try {
                return sendTo(address, method, path, body);
            } catch (IOException e) {
                String words = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
                failures.add(withoutUserInfo(address) + " (" + words + ")");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RegistryException("Interrupted while waiting for the schema registry.", e);
            }
        }
        throw new RegistryException("The schema registry does not answer: " + String.join(", ", failures)
                + ". Check that it runs and that " + SerdeSettings.REGISTRY_URL + " is its Confluent REST API.");
    }

    private Answer sendTo(URI address, String method, String path, Optional<Map<String, String>> body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(withoutUserInfo(address) + path))
                .timeout(TIMEOUT)
                .header("Accept", JSON_TYPE + ", application/json")
                .header("Content-Type", JSON_TYPE)
                .method(
                        method,
                        body.isPresent()
                                ? BodyPublishers.ofString(JSON.writeValueAsString(body.get()))
                                : BodyPublishers.noBody());
        authorization.ifPresent(value -> request.header("Authorization", value));
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        return new Answer(response.statusCode(), json(response.body()));
    }

    private static JsonNode json(String body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            return MissingNode.getInstance(); // a proxy's page: the status has to do
        }
    }

    private static URI address(String url) {
        URI address;
        try {
            address = URI.create(TRAILING_SLASHES.matcher(url).replaceFirst(""));
        } catch (IllegalArgumentException e) {
            throw notAnAddress(url);
        }
        if (address.getHost() == null || !List.of("http", "https").contains(address.getScheme())) {
            throw notAnAddress(url);
        }
        return address;
    }

    private static RegistryException notAnAddress(String url) {
        return new RegistryException(SerdeSettings.REGISTRY_URL + " is not the address of a schema registry: \""
                + url.replaceAll("//[^@/]*@", "//") + "\". It looks like http://localhost:8081");
    }

    private static Optional<String> authorization(SerdeSettings settings, URI address) {
        Map<String, String> client = settings.client();
        Optional<String> token = Optional.ofNullable(client.get("bearer.auth.token"));
        if (token.isPresent()) {
            return token.map(value -> "Bearer " + value);
        }
        return Optional.ofNullable(client.get("basic.auth.user.info"))
                .or(() -> Optional.ofNullable(address.getUserInfo()))
                .map(user -> "Basic "
                        + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }

    private static HttpClient client(Map<String, String> settings) {
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(TIMEOUT);
        Map<String, String> tls = SerdeSettings.tls(settings);
        if (!tls.isEmpty()) {
            try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
                factory.configure(TLS.parse(tls));
                client.sslContext(factory.sslContext());
            }
        }
        return client.build();
    }

    private static String withoutUserInfo(URI address) {
        return address.toString().replaceFirst("//[^@/]*@", "//");
    }
}
