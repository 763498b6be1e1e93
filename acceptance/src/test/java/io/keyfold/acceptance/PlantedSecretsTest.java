package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PlantedSecretsTest {
    private final PlantedSecrets secrets = new PlantedSecrets();

    @Test
    void a_secret_is_found_as_it_is_in_hexadecimal_and_URL_encoded_whole_or_cut_off() {
        String secret = secrets.plant("password", "Qx/7+zz Wm=Qx/7+zz Wm=!");

        for (String shown : new String[]{
            secret, secret.substring(0, 15), secret.substring(8), hex(secret), hex(secret).toUpperCase(),
            URLEncoder.encode(secret, StandardCharsets.UTF_8),
            URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("%2F", "%2f").replace("%2B", "%2b")
                    .replace("%3D", "%3d")}) {
            assertThat(secrets.seenIn("before " + shown + " after")).as(shown).containsExactly("password");
        }
        assertThat(secrets.seenIn("before " + secret.substring(6, 17) + " after")).isEmpty();
        assertThat(secrets.seenIn("before [hidden] after")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "u", "us", "user:", "keyfold:"})
    void a_secret_is_found_in_base64_whatever_stands_before_and_behind_it(String before) {
        String secret = secrets.plant("password");

        for (String behind : new String[]{"", ":", "\n}"}) {
            byte[] bytes = (before + secret + behind).getBytes(StandardCharsets.UTF_8);
            String text = Base64.getEncoder().encodeToString(bytes);
            assertThat(secrets.seenIn("Basic " + text)).containsExactly("password");
            assertThat(secrets.seenIn(Base64.getUrlEncoder().encodeToString(bytes))).containsExactly("password");
            assertThat(secrets.seenIn(URLEncoder.encode(text, StandardCharsets.UTF_8))).containsExactly("password");
        }
    }

    @Test
    void bytes_that_are_no_text_are_found_too_and_by_their_own_name() {
        byte[] material = new byte[32];
        for (int index = 0; index < material.length; index++) {
            material[index] = (byte) (index * 37 + 131);
        }
        secrets.plant("material", material);
        secrets.plant("another");

        assertThat(secrets.seenIn("x" + new String(material, StandardCharsets.ISO_8859_1)))
                .containsExactly("material");
        assertThat(secrets.seenIn(Base64.getEncoder().encodeToString(material))).containsExactly("material");
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
