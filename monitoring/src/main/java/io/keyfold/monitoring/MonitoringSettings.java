package io.keyfold.monitoring;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// Where a process shows its metrics and its health.
///
/// @param host the interface to listen on
/// @param port 0 for a free one
public record MonitoringSettings(String host, int port) {
    public static final String HOST = "metrics.host";
    public static final String PORT = "metrics.port";

    private static final int HIGHEST_PORT = 65_535;

    /// Adds these settings to a process's own.
    public static ConfigDef define(ConfigDef settings) {
        return settings
                .define(
                        HOST,
                        Type.STRING,
                        "127.0.0.1",
                        new ConfigDef.NonEmptyString(),
                        Importance.MEDIUM,
                        "Interface on which metrics and health are shown, to anybody who reaches it.")
                .define(
                        PORT,
                        Type.INT,
                        null,
                        ConfigDef.LambdaValidator.with(
                                MonitoringSettings::requirePort, () -> "0 to " + HIGHEST_PORT + ", or none"),
                        Importance.MEDIUM,
                        "Port on which metrics (/metrics, for Prometheus) and health (/health/live, /health/ready) are shown, 0"
                                + " for a free one. Without it they are not.");
    }

    /// Takes what it needs out of a process's settings and passes over the rest.
    ///
    /// @return empty if nothing is to be shown
    /// @throws ConfigException naming the setting that is wrong
    public static Optional<MonitoringSettings> of(Map<String, String> given) {
        var config = new AbstractConfig(define(new ConfigDef()), given, false);
        return Optional.ofNullable(config.getInt(PORT))
                .map(port -> new MonitoringSettings(config.getString(HOST), port));
    }

    private static void requirePort(String name, @Nullable Object value) {
        if (value instanceof Integer port && (port < 0 || port > HIGHEST_PORT)) {
            throw new ConfigException(name, value, "must be 0 to " + HIGHEST_PORT);
        }
    }
}
