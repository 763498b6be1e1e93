package io.keyfold.workers.ibmcloud;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SentSecretsTest {
    private final SentSecrets sent = new SentSecrets();

    @Test
    void the_last_ones_are_kept_and_those_of_long_ago_are_not() {
        for (int hour = 1; hour <= 1_000; hour++) {
            sent.add(new Secret("token-" + hour));
        }
        sent.add(new Secret("token-993"));

        assertThat(sent.all()).extracting(Secret::value).containsExactly(
                "token-994", "token-995", "token-996", "token-997", "token-998", "token-999", "token-1000",
                "token-993");
    }

    @Test
    void none_is_kept_at_the_end() {
        sent.add(new Secret("token"));
        sent.forget();

        assertThat(sent.all()).isEmpty();
    }
}
