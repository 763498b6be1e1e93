package io.keyfold.workflow.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyfold.workflow.saga.SagaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkflowSettingsTest {
    @Test
    void every_setting_has_the_name_and_default_that_installations_rely_on() {
        Map<String, Object> defaults = new TreeMap<>();
        WorkflowSettings.DEFINITION.configKeys().forEach((name, key) -> defaults.put(
                name, key.defaultValue == ConfigDef.NO_DEFAULT_VALUE ? "(needed)"
                        : Objects.requireNonNullElse(key.defaultValue, "(none)")));

        assertThat(defaults).containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                Map.entry("bootstrap.servers", "(needed)"),
                Map.entry("schema.registry.url", "(needed)"),
                Map.entry("avro.serializer.class", "io.confluent.kafka.serializers.KafkaAvroSerializer"),
                Map.entry("avro.deserializer.class", "io.confluent.kafka.serializers.KafkaAvroDeserializer"),
                Map.entry("installation", "default"),
                Map.entry("application.id", ""),
                Map.entry("state.dir", "keyfold-state"),
                Map.entry("run.time.ms", 1_800_000L),
                Map.entry("second.look.after.ms", 60_000L),
                Map.entry("ask.again.after.ms", 5_000L),
                Map.entry("needed.ask.again.after.ms", 3_600_000L),
                Map.entry("command.validity.ms", 600_000L),
                Map.entry("deprovision.two.persons", false),
                Map.entry("verify.interval.ms", 0L),
                Map.entry("timer.interval.ms", 250L),
                Map.entry("commit.interval.ms", 100L),
                Map.entry("poll.ms", 5L),
                Map.entry("linger.ms", 0L),
                Map.entry("retry.backoff.ms", 5L),
                Map.entry("session.timeout.ms", 6_000),
                Map.entry("num.stream.threads", 2),
                Map.entry("start.timeout.ms", 10_000L),
                Map.entry("metrics.host", "127.0.0.1"),
                Map.entry("metrics.port", "(none)"),
                Map.entry("traces.endpoint", ""),
                Map.entry("traces.headers", new Password("")),
                Map.entry("traces.file", "")));
        assertThat(WorkflowSettings.DEFINITION.configKeys().values()).allMatch(key -> !key.documentation.isBlank());
    }

    @Test
    void the_defaults_are_the_architectures() {
        WorkflowSettings settings = settings(Map.of());

        assertThat(settings.saga()).isEqualTo(SagaSettings.of("default"));
        assertThat(settings.applicationId()).isEqualTo("keyfold-workflow-default");
    }

    @Test
    void an_installation_names_the_application_and_the_marks() {
        WorkflowSettings settings = settings(Map.of("installation", "blue", "run.time.ms", "1000"));

        assertThat(settings.applicationId()).isEqualTo("keyfold-workflow-blue");
        assertThat(settings.saga().installation()).isEqualTo("blue");
        assertThat(settings.saga().runTime()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void an_unknown_setting_is_refused_with_the_nearest_right_one() {
        assertThatThrownBy(() -> settings(Map.of("commit.intervall.ms", "5")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("The workflow has no setting commit.intervall.ms. Did you mean commit.interval.ms?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Blue", "a-b", "thirteenchars", ""})
    void an_installation_that_cannot_stand_in_a_mark_is_refused(String installation) {
        assertThatThrownBy(() -> settings(Map.of("installation", installation)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("1 to 12 of a-z and 0-9");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "kafka.processing.guarantee", "kafka.acks", "kafka.producer.acks", "kafka.enable.idempotence",
        "kafka.consumer.isolation.level", "kafka.main.consumer.auto.offset.reset", "kafka.application.id",
        "kafka.producer.partitioner.class"
    })
    @Tag("case-88")
    void what_exactly_once_rests_on_cannot_be_set(String name) {
        assertThatThrownBy(() -> settings(Map.of(name, "x")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(name + " cannot be set");
    }

    @Test
    void other_settings_go_to_Kafka_and_to_the_registry() {
        WorkflowSettings settings =
                settings(Map.of("kafka.security.protocol", "SSL", "registry.bearer.auth.token", "t"));

        assertThat(KafkaConfig.streams(settings, "dir", Optional.empty())).containsEntry("security.protocol", "SSL");
        assertThat(KafkaConfig.admin(settings)).containsEntry("security.protocol", "SSL");
        assertThat(settings.serdes().client()).containsEntry("bearer.auth.token", "t");
        assertThat(settings.serdes().client()).containsEntry("http.read.timeout.ms", "3000");
    }

    @Test
    @Tag("case-111")
    void secrets_are_not_shown() {
        assertThat(settings(Map.of("kafka.sasl.jaas.config", "secret", "registry.basic.auth.user.info", "u:secret")))
                .asString()
                .doesNotContain("secret");
    }

    @Test
    void Kafka_Streams_takes_what_it_is_given() {
        Properties config = KafkaConfig.streams(settings(Map.of()), "dir", Optional.of("me"));
        StreamsConfig streams = new StreamsConfig(config);

        assertThat(streams.getString("processing.guarantee")).isEqualTo("exactly_once_v2");
        assertThat(streams.getMainConsumerConfigs("g", "c", 0))
                .containsEntry("isolation.level", "read_committed")
                .containsEntry("auto.offset.reset", "earliest")
                .containsEntry("session.timeout.ms", 6_000)
                .containsEntry("group.instance.id", "me-0");
        assertThat(streams.getProducerConfigs("p")).containsEntry("linger.ms", 0L).containsEntry("retry.backoff.ms",
                5L);
    }

    private static WorkflowSettings settings(Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(
                Map.of("bootstrap.servers", "localhost:1", "schema.registry.url", "mock://settings"));
        settings.putAll(others);
        return WorkflowSettings.of(settings);
    }
}
