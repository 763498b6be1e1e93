package io.keyfold.schemas;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;

/// How a process reaches the schema registry and which serializer and deserializer it uses.
///
/// The classes are named, never linked, so that Confluent's, or any that take the same settings, can be put in.
///
/// @param serializerClass   what writes values
/// @param deserializerClass what reads them
/// @param registryUrl       `schema.registry.url`: an address of the Confluent REST API, or several with commas between
/// @param client            everything that was given as `registry.<name>`, by `<name>`: credentials, TLS, time-outs;
///                          with no reference to a config provider left in it
public record SerdeSettings(
        String serializerClass, String deserializerClass, String registryUrl, Map<String, String> client) {
    public static final String REGISTRY_URL = "schema.registry.url";
    public static final String SERIALIZER_CLASS = "avro.serializer.class";
    public static final String DESERIALIZER_CLASS = "avro.deserializer.class";
    public static final String CLIENT_PREFIX = "registry.";

    private static final String CONFLUENT_TLS_PREFIX = "schema.registry.";
    private static final String CONFLUENT_SERIALIZER = "io.confluent.kafka.serializers.KafkaAvroSerializer";
    private static final String CONFLUENT_DESERIALIZER = "io.confluent.kafka.serializers.KafkaAvroDeserializer";

    public SerdeSettings {
        client = Map.copyOf(client);
    }

    /// Adds these settings to a process's own.
    public static ConfigDef define(ConfigDef settings) {
        return settings.define(
                REGISTRY_URL,
                Type.STRING,
                ConfigDef.NO_DEFAULT_VALUE,
                new ConfigDef.NonEmptyString(),
                Importance.HIGH,
                "Address of the schema registry's Confluent REST API; several with commas between.")
                .define(
                        SERIALIZER_CLASS,
                        Type.STRING,
                        CONFLUENT_SERIALIZER,
                        new ConfigDef.NonEmptyString(),
                        Importance.LOW,
                        "Class that writes record values; it gets the settings that Confluent's gets.")
                .define(
                        DESERIALIZER_CLASS,
                        Type.STRING,
                        CONFLUENT_DESERIALIZER,
                        new ConfigDef.NonEmptyString(),
                        Importance.LOW,
                        "Class that reads record values; it gets the settings that Confluent's gets.");
    }

    /// Takes what it needs out of a process's settings and passes over the rest.
    public static SerdeSettings from(Map<String, String> settings) {
        Map<String, String> client = new HashMap<>();
        settings.forEach((name, value) -> {
            if (name.startsWith(CLIENT_PREFIX)) {
                client.put(name.substring(CLIENT_PREFIX.length()), value);
            }
        });
        String registryUrl = Optional.ofNullable(settings.get(REGISTRY_URL))
                .filter(url -> !url.isBlank())
                .orElseThrow(() -> new IllegalArgumentException(
                        REGISTRY_URL + " is not set. It is the address of the schema registry's Confluent REST API,"
                                + " for example http://localhost:8081"));
        return new SerdeSettings(
                settings.getOrDefault(SERIALIZER_CLASS, CONFLUENT_SERIALIZER),
                settings.getOrDefault(DESERIALIZER_CLASS, CONFLUENT_DESERIALIZER),
                registryUrl,
                resolved(client));
    }

    /// With what `registry.config.providers` finds in the place of each reference to it, as Kafka's own clients do it for
    /// `kafka.config.providers`.
    private static Map<String, String> resolved(Map<String, String> client) {
        if (!client.containsKey(AbstractConfig.CONFIG_PROVIDERS_CONFIG)) {
            return client;
        }
        Map<String, String> resolved = new HashMap<>();
        new AbstractConfig(new ConfigDef(), client, false).originals().forEach((name, value) -> {
            if (String.valueOf(value).contains("${")) {
                throw new IllegalArgumentException(
                        CLIENT_PREFIX + name + " refers to something that is not there. Is its file mounted?");
            }
            if (!name.startsWith(AbstractConfig.CONFIG_PROVIDERS_CONFIG)) {
                resolved.put(name, String.valueOf(value));
            }
        });
        return resolved;
    }

    /// Whether it is Confluent's serializer that writes, by the record's own schema and with no rules: then each record of a
    /// topic is written in the same way.
    boolean writesOneSchemaById() {
        return serializerClass.equals(CONFLUENT_SERIALIZER)
                && client.keySet().stream().noneMatch(name -> name.startsWith("use.") || name.startsWith("rule."));
    }

    /// What the serializer and the deserializer are configured with. A `registry.` setting wins over ours.
    Map<String, String> forSerdes() {
        Map<String, String> config = new HashMap<>();
        config.put(REGISTRY_URL, registryUrl);
        // Nobody's start-up changes the contract: schemas are registered by an explicit step.
        config.put("auto.register.schemas", "false");
        // Else Java's class hints go into the schema, and the look-up misses the registered one.
        config.put("avro.remove.java.properties", "true");
        config.put("specific.avro.reader", "true");
        config.putAll(client);
        // Confluent's client reads TLS settings only under its own prefix.
        tls(client).forEach((name, value) -> config.put(CONFLUENT_TLS_PREFIX + name, value));
        return config;
    }

    /// The TLS settings of a client by Kafka's names, whether they were given with Confluent's prefix or without.
    static Map<String, String> tls(Map<String, String> client) {
        Map<String, String> tls = new HashMap<>();
        client.forEach((name, value) -> {
            String plain = name.startsWith(CONFLUENT_TLS_PREFIX) ? name.substring(CONFLUENT_TLS_PREFIX.length()) : name;
            if (plain.startsWith("ssl.")) {
                tls.put(plain, value);
            }
        });
        return tls;
    }

    /// Credentials may be among the client's settings: only their names are shown.
    @Override
    public String toString() {
        return "SerdeSettings[" + registryUrl + ", " + serializerClass + ", " + deserializerClass + ", "
                + client.keySet() + "]";
    }
}
