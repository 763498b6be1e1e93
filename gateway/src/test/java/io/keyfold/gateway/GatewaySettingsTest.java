package io.keyfold.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GatewaySettingsTest {
    @Test
    @Tag("case-116")
    void listens_on_this_machine_alone_unless_told_otherwise() {
        var settings = settings(Map.of());

        assertThat(settings.host()).isEqualTo("127.0.0.1");
        assertThat(settings.tokens()).isEmpty();
        assertThat(settings.certificates()).isEmpty();
    }

    @Test
    @Tag("case-116")
    void others_are_not_let_in_without_authentication() {
        for (var host : new String[]{"0.0.0.0", "::", "192.0.2.1"}) {
            assertThatThrownBy(() -> settings(Map.of("gateway.host", host))).isInstanceOf(ConfigException.class)
                    .hasMessageContaining("Others can reach " + host)
                    .hasMessageContaining("gateway.tokens.file").hasMessageContaining("127.0.0.1");
        }
        for (var host : new String[]{"127.0.0.1", "::1", "127.8.8.8", "localhost"}) {
            assertThat(settings(Map.of("gateway.host", host)).host()).isEqualTo(host);
        }
    }

    @Test
    void tokens_do_not_go_in_the_clear_unless_somebody_says_that_they_do_not() {
        var plain = Map.of("gateway.host", "0.0.0.0", "gateway.tokens.file", "tokens");

        assertThatThrownBy(() -> settings(plain)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("gateway.tls.certificates.file").hasMessageContaining("gateway.behind.tls");
        var behind = new HashMap<>(plain);
        behind.put("gateway.behind.tls", "true");
        assertThat(settings(behind).isBehindTls()).isTrue();
    }

    @Test
    void certificates_of_callers_need_certificates_of_ours() {
        assertThatThrownBy(() -> settings(Map.of("gateway.subjects.file", "subjects")))
                .hasMessageContaining("gateway.tls.client.authorities.file");
        assertThatThrownBy(() -> settings(Map.of("gateway.tls.key.file", "key")))
                .hasMessageContaining("go together");
    }

    @Test
    void an_unknown_setting_is_refused_with_the_nearest() {
        assertThatThrownBy(() -> settings(Map.of("gateway.prot", "1"))).hasMessageContaining("gateway.port");
    }

    @Test
    void shows_no_secret() {
        assertThat(settings(Map.of("kafka.sasl.jaas.config", "hunter2", "registry.basic.auth.user.info", "me:hunter2")))
                .asString().doesNotContain("hunter2");
    }

    private static GatewaySettings settings(Map<String, String> more) {
        var settings = new HashMap<>(
                Map.of("bootstrap.servers", "localhost:9092", "schema.registry.url", "http://localhost:8081"));
        settings.putAll(more);
        return GatewaySettings.of(settings);
    }
}
