package io.keyfold.workers.ibmcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyfold.regions.Network;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class IbmCloudSettingsTest {
    @Test
    @Tag("case-111")
    void the_api_key_is_in_no_text() {
        assertThat(IbmCloudSettings.of(Network.PUBLIC, "acc", new Credentials.ApiKey(new Secret("canary")))).asString()
                .doesNotContain("canary").contains("[hidden]");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "http://iam.cloud.ibm.com", "ftp://iam.cloud.ibm.com", "iam.cloud.ibm.com", "https://",
        "https://user:pw@iam.cloud.ibm.com", "https://iam.cloud.ibm.com?x=y", "https://iam.cloud.ibm.com#x"})
    @Tag("case-118")
    void an_address_that_could_give_the_token_away_is_refused(String url) {
        assertThatThrownBy(() -> with(URI.create("https://iam.cloud.ibm.com"), url))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://private.{region}.kms.cloud.ibm.com", "http://127.0.0.1:8080", "http://emulator:80/x"})
    void other_addresses_are_taken(String url) {
        assertThat(with(URI.create("https://private.iam.cloud.ibm.com"), url).keyProtectUrl())
                .isEqualTo(new KeyProtectUrl.Given(url));
    }

    private static IbmCloudSettings with(URI iamUrl, String keyProtectUrl) {
        return new IbmCloudSettings(
                iamUrl, IbmCloudSettings.resourceControllerUrl(Network.PUBLIC), new KeyProtectUrl.Given(keyProtectUrl),
                new Credentials.ApiKey(new Secret("k")), "acc",
                Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1, 1);
    }
}
