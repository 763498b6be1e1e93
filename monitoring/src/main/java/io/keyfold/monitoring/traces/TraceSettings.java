package io.keyfold.monitoring.traces;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/// Where a process's spans go.
///
/// @param endpoint where a receiver takes OTLP over HTTP
/// @param headers  what it is shown with each export, such as who sends it; secret
/// @param file     what they are appended to, one export a line
public record TraceSettings(Optional<URI> endpoint, Map<String, String> headers, Optional<Path> file) {
    public static final String ENDPOINT = "traces.endpoint";
    public static final String HEADERS = "traces.headers";
    public static final String FILE = "traces.file";

    /// What the protocol's specification has a receiver listen to.
    private static final String USUAL_PATH = "/v1/traces";

    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

    public TraceSettings {
        headers = Map.copyOf(headers);
    }

    /// Adds these settings to a process's own.
    public static ConfigDef define(ConfigDef settings) {
        return settings
                .define(
                        ENDPOINT,
                        Type.STRING,
                        "",
                        ConfigDef.LambdaValidator.with(
                                (name, value) -> endpoint(name, String.valueOf(value)),
                                () -> "http://host:port or https://host:port, or none"),
                        Importance.MEDIUM,
                        "Where spans go by OpenTelemetry's protocol over HTTP (binary): http://host:4318, to which /v1/traces is"
                                + " added unless it names a path. Without it none are sent.")
                .define(
                        HEADERS,
                        Type.PASSWORD,
                        "",
                        ConfigDef.LambdaValidator.with(
                                (name, value) -> {
                                    if (value instanceof org.apache.kafka.common.config.types.Password given) {
                                        headers(name, given.value());
                                    }
                                },
                                () -> "name=value, several with commas between"),
                        Importance.LOW,
                        "What the receiver of spans is shown with each export, such as authorization=Bearer …: name=value, several"
                                + " with commas between.")
                .define(
                        FILE,
                        Type.STRING,
                        "",
                        Importance.LOW,
                        "File to which spans are appended, each line an export in OTLP's JSON, up to 1 GiB. Several processes of one"
                                + " machine may share it.");
    }

    /// Takes what it needs out of a process's settings and passes over the rest.
    ///
    /// @return empty if spans are to go nowhere
    /// @throws ConfigException naming the setting that is wrong
    public static Optional<TraceSettings> of(Map<String, String> given) {
        var config = new AbstractConfig(define(new ConfigDef()), given, false);
        var endpoint = endpoint(ENDPOINT, config.getString(ENDPOINT));
        var file = config.getString(FILE).isBlank() ? Optional.<Path>empty()
                : Optional.of(Path.of(config.getString(FILE)));
        return endpoint.isEmpty() && file.isEmpty() ? Optional.empty()
                : Optional.of(
                        new TraceSettings(endpoint, headers(HEADERS, config.getPassword(HEADERS).value()), file));
    }

    private static Optional<URI> endpoint(String name, String given) {
        if (given.isBlank()) {
            return Optional.empty();
        }
        URI uri;
        try {
            uri = new URI(given.strip());
        } catch (URISyntaxException e) {
            throw refused(name, "is no address"); // which may hold a secret, and is not repeated
        }
        if (!("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) || uri.getHost() == null) {
            throw refused(name, "must be http://host:port or https://host:port");
        }
        if (uri.getRawUserInfo() != null) {
            throw refused(name, "must not name a user: what the receiver is to be shown goes into " + HEADERS);
        }
        var path = uri.getRawPath();
        return Optional.of(path == null || path.isEmpty() || path.equals("/") ? uri.resolve(USUAL_PATH) : uri);
    }

    private static Map<String, String> headers(String name, String given) {
        var headers = new LinkedHashMap<String, String>();
        for (var each : given.split(",", -1)) {
            if (each.isBlank()) {
                continue;
            }
            var parts = each.split("=", 2);
            if (parts.length < 2 || !HEADER_NAME.matcher(parts[0].strip()).matches()
                    || parts[1].chars().anyMatch(Character::isISOControl)) {
                throw refused(name, "must be name=value, several with commas between");
            }
            headers.put(parts[0].strip(), parts[1].strip());
        }
        return headers;
    }

    private static ConfigException refused(String name, String why) {
        return new ConfigException(name + " " + why);
    }

    /// Without what may be secret.
    @Override
    public String toString() {
        return "TraceSettings[" + endpoint.map(URI::getHost).orElse("") + ", " + headers.keySet() + ", "
                + file.map(Path::toString).orElse("") + "]";
    }
}
