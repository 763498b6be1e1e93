package io.keyfold.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyfold.workers.ibmcloud.Credentials;
import io.keyfold.workers.ibmcloud.IbmCloudSettings;
import io.keyfold.workers.ibmcloud.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CloudAccountsTest {
    private static final Map<String, String> ONE =
            Map.of("ibm.api.key", "very-secret", "ibm.account.id", "aaaa", "iam.url", "https://proxy/iam");

    @Test
    void the_plain_names_set_one_account_and_an_alias_each_further_one() {
        var accounts = CloudAccounts.of(with(Map.of(
                "account.prod.ibm.api.key", "other-secret",
                "account.prod.ibm.account.id", "bbbb",
                "account.prod.key.protect.url", "https://proxy/{region}",
                "call.timeout.ms", "1234",
                "endpoints", "private")));

        assertThat(accounts.byAlias()).containsOnlyKeys("default", "prod");
        IbmCloudSettings plain = accounts.byAlias().get("default");
        IbmCloudSettings prod = accounts.byAlias().get("prod");
        assertThat(plain.credentials()).isEqualTo(new Credentials.ApiKey(new Secret("very-secret")));
        assertThat(plain.accountId()).isEqualTo("aaaa");
        assertThat(plain.keyProtectUrl().in("eu-de")).hasToString("https://private.eu-de.kms.cloud.ibm.com");
        assertThat(prod.credentials()).isEqualTo(new Credentials.ApiKey(new Secret("other-secret")));
        assertThat(prod.accountId()).isEqualTo("bbbb");
        assertThat(prod.iamUrl()).as("the plain one").hasToString("https://proxy/iam");
        assertThat(prod.resourceControllerUrl()).hasToString("https://private.resource-controller.cloud.ibm.com");
        assertThat(prod.keyProtectUrl().in("eu-de")).hasToString("https://proxy/eu-de");
        assertThat(prod.callTimeout()).isEqualTo(plain.callTimeout()).hasMillis(1234);
        assertThat(accounts.toString()).doesNotContain("secret");
    }

    @Test
    void a_hyphen_of_an_alias_is_a_dot_when_it_comes_from_a_variable() {
        assertThat(CloudAccounts.of(with(Map.of(
                "account.team.a.ibm.api.key", "k", "account.team-a.ibm.account.id", "bbbb"))).byAlias())
                .containsOnlyKeys("default", "team-a");
    }

    @Test
    void the_plain_account_may_be_called_otherwise() {
        assertThat(CloudAccounts.of(with(Map.of("account", "dev"))).byAlias()).containsOnlyKeys("dev");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    account.prod.ibm.api.key    | The account "prod" is only half set: account.prod.ibm.account.id is missing
                    account.prod.ibm.account.id | The account "prod" is only half set: account.prod.ibm.api.key is missing
                    account.prod.iam.url        | The account "prod" is only half set: account.prod.ibm.api.key is missing
                    account.prod.ibm.apikey     | An account has no setting account.prod.ibm.apikey. Did you mean \
                    account.prod.ibm.api.key?
                    account.prod                | An account has no setting account.prod. Did you mean account.prod.iam.url?
                    account.Prod.ibm.api.key    | account.Prod.ibm.api.key does not name an account: its alias is 1 to 32 of a-z \
                    and 0-9, with single hyphens between
                    account.ibm.api.key         | account.ibm.api.key does not name an account: its alias is 1 to 32 of a-z and \
                    0-9, with single hyphens between
                    """)
    void what_sets_no_whole_account_is_refused(String name, String message) {
        assertThatThrownBy(() -> CloudAccounts.of(with(Map.of(name, "TOPSECRET")))).isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    @Test
    void an_alias_is_set_once_and_an_account_has_one_alias() {
        assertThatThrownBy(() -> CloudAccounts.of(with(Map.of(
                "account.default.ibm.api.key", "TOPSECRET", "account.default.ibm.account.id", "bbbb"))))
                .isInstanceOf(ConfigException.class)
                .hasMessage("The account \"default\" is set twice: by ibm.api.key and by account.default.ibm.api.key");
        assertThatThrownBy(() -> CloudAccounts.of(with(Map.of(
                "account.prod.ibm.api.key", "TOPSECRET", "account.prod.ibm.account.id", "aaaa"))))
                .isInstanceOf(ConfigException.class)
                .hasMessage("The accounts \"default\" and \"prod\" have the same id aaaa: an account has one alias");
    }

    @Test
    void a_bad_address_is_refused_by_its_account_and_not_shown() {
        assertThatThrownBy(() -> CloudAccounts.of(with(Map.of(
                "account.prod.ibm.api.key", "k", "account.prod.ibm.account.id", "bbbb",
                "account.prod.iam.url", "https://user:TOPSECRET@host"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("IBM Cloud's account \"prod\" cannot be called: the URL of IAM must be")
                .hasMessageNotContaining("TOPSECRET");
    }

    @Test
    @Tag("case-114")
    void each_account_has_its_own_way_to_authenticate(@TempDir Path directory) throws IOException {
        Path key = Files.writeString(directory.resolve("key"), "TOPSECRET");
        Path token = Files.writeString(directory.resolve("token"), "TOPSECRET");

        var accounts = CloudAccounts.of(with(Map.of(
                "account.by-file.ibm.account.id", "bbbb", "account.by-file.ibm.api.key.file", key.toString(),
                "account.by.id.ibm.account.id", "cccc", "account.by.id.ibm.profile.id", "Profile-1",
                "account.by-name.ibm.account.id", "dddd", "account.by-name.ibm.profile.name", "keyfold",
                "account.by-name.ibm.cr.token.file", token.toString()))).byAlias();

        assertThat(accounts.get("default").credentials())
                .isEqualTo(new Credentials.ApiKey(new Secret("very-secret")));
        assertThat(accounts.get("by-file").credentials()).isEqualTo(new Credentials.ApiKeyFile(key));
        assertThat(accounts.get("by-id").credentials()).isEqualTo(
                new Credentials.TrustedProfile(new Credentials.Profile.Id("Profile-1"), Optional.empty()));
        assertThat(accounts.get("by-name").credentials()).isEqualTo(
                new Credentials.TrustedProfile(new Credentials.Profile.Name("keyfold"), Optional.of(token)));
        assertThat(accounts.toString()).doesNotContain("SECRET");
    }

    @Test
    void an_account_authenticates_in_exactly_one_way(@TempDir Path directory) throws IOException {
        String key = Files.writeString(directory.resolve("key"), "TOPSECRET").toString();

        refused(Map.of("ibm.api.key", ""), "IBM Cloud has no credentials: set ibm.api.key, or instead ibm.api.key.file,"
                + " ibm.profile.id, ibm.profile.name");
        refused(Map.of("ibm.api.key.file", key), "IBM Cloud has more than one way to authenticate: ibm.api.key,"
                + " ibm.api.key.file. Leave one of them");
        refused(
                Map.of("account.prod.ibm.account.id", "bbbb", "account.prod.ibm.profile.id", "Profile-1",
                        "account.prod.ibm.profile.name", "keyfold"),
                "IBM Cloud's account \"prod\" has more than one way to authenticate: account.prod.ibm.profile.id,"
                        + " account.prod.ibm.profile.name. Leave one of them");
        refused(Map.of("ibm.cr.token.file", key), "ibm.cr.token.file is that of a trusted profile, and IBM Cloud has an"
                + " API key: ibm.api.key. Leave one of them");
    }

    @Test
    void a_file_that_is_not_there_or_has_more_than_a_secret_is_refused_at_the_start(@TempDir Path directory)
            throws IOException {
        Path missing = directory.resolve("none");
        Path lines = Files.writeString(directory.resolve("lines"), "TOP\nSECRET");
        refused(
                Map.of("ibm.api.key", "", "ibm.api.key.file", missing.toString()),
                "ibm.api.key.file is of no use: there is no file " + missing);
        refused(
                Map.of("ibm.api.key", "", "ibm.profile.id", "Profile-1", "ibm.cr.token.file", lines.toString()),
                "ibm.cr.token.file is of no use: the file " + lines + " is more than a secret on a line of its own");
    }

    private static void refused(Map<String, String> given, String message) {
        assertThatThrownBy(() -> CloudAccounts.of(with(given))).isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    private static Map<String, String> with(Map<String, String> more) {
        var given = new HashMap<>(ONE);
        given.putAll(more);
        return given;
    }
}
