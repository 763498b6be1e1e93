package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Two workers have their API key from a file, and the third a container's token that opens a trusted profile. Both are
/// replaced under load, and the old ones are taken no longer: no run fails, and nobody is started again.
@DisplayNameGeneration(ReplaceUnderscores.class)
@EnabledIfSystemProperty(named = "keyfold.thorough", matches = "true", disabledReason = "mvn verify -Pthorough")
@Timeout(value = 1, unit = TimeUnit.HOURS)
class AKeyInAFileIsReplacedWhileWeRunIT {
    private static final String ACCOUNT = "0123456789abcdef0123456789abcdef";
    private static final String OWNER = "rotated";
    private static final String PROFILE = "linked";

    /// A worker fetches a token at most once in 10 s because an API has refused the last one; whoever is refused sooner opens
    /// its circuit.
    private static final Duration APART = Duration.ofSeconds(11);

    /// With the new secret in its place before the old one is refused, a token's fetch more than undisturbed.
    private static final Duration STALL = Duration.ofSeconds(20);

    /// Refused credentials are asked for again every minute.
    private static final Duration STALL_OF_WHO_IS_LATE = Duration.ofSeconds(100);

    @Test
    @Tag("case-114")
    void under_load_key_and_token_are_replaced_and_nobody_fails_or_is_started_again() {
        Path directory = UnderLoad.directory("rotation");
        var key = new MountedSecret(directory.resolve("key"));
        var token = new MountedSecret(directory.resolve("token"));
        try (Fleet fleet = new Fleet(directory, Map.of())) {
            Cloud cloud = fleet.cloud();
            key.replace("key-0");
            cloud.addApiKey("key-0", OWNER, ACCOUNT);
            token.replace("token-0");
            cloud.addProfile(PROFILE, "token-0", ACCOUNT);
            Map<String, String> byKey = Map.of(
                    "KEYFOLD_IBM_API_KEY", "", "KEYFOLD_IBM_API_KEY_FILE", key.file().toString());
            Map<String, String> byProfile = Map.of(
                    "KEYFOLD_IBM_API_KEY", "", "KEYFOLD_IBM_PROFILE_NAME", PROFILE, "KEYFOLD_IBM_CR_TOKEN_FILE",
                    token.file().toString());
            try (UnderLoad load = UnderLoad.begin(
                    fleet, 1, Map.of(), kind -> kind.equals("authorization") ? byProfile : byKey)) {
                refuseWithoutDoubt(cloud);
                load.through("no token is good any more", STALL, () -> {
                    Disturber.letPass(APART);
                    cloud.expireTokens();
                });
                for (int round = 1; round <= 3; round++) {
                    String next = "-" + round;
                    load.through("replaced, then the old ones refused", STALL, () -> {
                        Disturber.letPass(APART);
                        key.replace("key" + next);
                        token.replace("token" + next);
                        refuseAllBut(cloud, next);
                    });
                }
                load.through("the old ones refused, then replaced", STALL_OF_WHO_IS_LATE, () -> {
                    Disturber.letPass(APART);
                    long refused = tokensRefused(cloud);
                    refuseAllBut(cloud, "-late");
                    await("a token is asked for in vain").atMost(Duration.ofMinutes(1))
                            .until(() -> tokensRefused(cloud) > refused);
                    key.replace("key-late");
                    token.replace("token-late");
                });
                load.end();
            }
            assertThat(tokensRefused(cloud)).as("tokens that were asked for with what is taken no longer").isPositive();
        }
    }

    /// Key Protect says 401 to who lacks a role and to who has a token that is no good. One that is withdrawn within 10 s of
    /// being fetched is taken for the former (decision 44), and under this load there would be one all the time.
    private static void refuseWithoutDoubt(Cloud cloud) {
        cloud.noMoreFault("refused");
        cloud.fault(
                "{\"name\":\"refused\",\"operation\":\"key-protect.create_key\",\"body_contains\":\"" + Load.REFUSED
                        + "\",\"fault\":{\"type\":\"quota\"}}");
    }

    /// The new secrets are made known in place of the old ones, and of the tokens none is good any more.
    private static void refuseAllBut(Cloud cloud, String number) {
        cloud.addApiKey("key" + number, OWNER, ACCOUNT);
        cloud.addProfile(PROFILE, "token" + number, ACCOUNT);
        cloud.expireTokens();
    }

    private static long tokensRefused(Cloud cloud) {
        return cloud.counts().path("iam.token").path("by_status").path("400").asLong();
    }
}
