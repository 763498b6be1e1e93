package io.keyfold.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.ibm.cloud.ibm_key_protect_api.v2.model.CreateKeyOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.GetImportToken;
import com.ibm.cloud.ibm_key_protect_api.v2.model.GetImportTokenOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.KeyWithPayload;
import com.ibm.cloud.ibm_key_protect_api.v2.model.PostImportTokenOptions;
import com.ibm.cloud.sdk.core.service.exception.ConflictException;
import com.ibm.cloud.sdk.core.service.exception.ServiceResponseException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Bringing one's own key as IBM's tutorial "secure import" does it.
class SecureImportTest {

    private static final byte[] MATERIAL = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] IV = "twelve bytes".getBytes(StandardCharsets.US_ASCII);

    private final EmulatorServer emulator = EmulatorServer.start(EmulatorSettings.usual());
    private final IbmClients ibm = IbmClients.of(emulator);
    private final String instance = ibm.createInstance("hpc-1-kms").getGuid();

    @AfterEach
    void stop() {
        emulator.close();
    }

    private GetImportToken token(double retrievals) {
        ibm.keyProtect.postImportToken(new PostImportTokenOptions.Builder(instance).expiration(600.0)
                .maxAllowedRetrievals(retrievals).build()).execute();
        return fetch();
    }

    private GetImportToken fetch() {
        return ibm.keyProtect.getImportToken(new GetImportTokenOptions.Builder(instance).build()).execute().getResult();
    }

    private KeyWithPayload importKey(String payload, String nonce) {
        return importKey(payload, nonce, base64(IV), "RSAES_OAEP_SHA_256");
    }

    private KeyWithPayload importKey(String payload, String nonce, String iv, String algorithm) {
        String resource = """
                {"name": "brought", "extractable": false, "payload": "%s", "encryptedNonce": "%s", "iv": "%s",
                 "encryptionAlgorithm": "%s"}""".formatted(payload, nonce, iv, algorithm);
        return ibm.keyProtect
                .createKey(new CreateKeyOptions.Builder(instance, IbmClients.stream(Bodies.key(resource))).build())
                .execute().getResult().getResources().getFirst();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String encryptedMaterial(GetImportToken token) throws GeneralSecurityException {
        String pem = new String(token.getPayload(), StandardCharsets.US_ASCII).replaceAll("-----[A-Z ]+-----|\\s", "");
        PublicKey key = KeyFactory.getInstance("RSA")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(pem)));
        Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPPadding");
        rsa.init(Cipher.ENCRYPT_MODE, key,
                new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        return base64(rsa.doFinal(MATERIAL));
    }

    private static String encryptedNonce(byte[] nonce) throws GeneralSecurityException {
        Cipher aes = Cipher.getInstance("AES/GCM/NoPadding");
        aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(MATERIAL, "AES"), new GCMParameterSpec(128, IV));
        return base64(aes.doFinal(nonce));
    }

    @Test
    void a_key_is_imported_with_the_tokens_public_key_and_nonce() throws GeneralSecurityException {
        GetImportToken token = token(1);
        KeyWithPayload key = importKey(encryptedMaterial(token), encryptedNonce(token.getNonce()));

        assertThat(key.isImported()).isTrue();
        assertThat(key.getPayload()).isNull();
        assertThat(Raw.anonymous(emulator).get("/emulator/state").body()).doesNotContain(base64(MATERIAL));
    }

    @Test
    void a_wrong_nonce_or_ciphertext_is_refused() throws GeneralSecurityException {
        GetImportToken token = token(1);
        String material = encryptedMaterial(token);

        assertThatThrownBy(() -> importKey(material, encryptedNonce(IV))).isInstanceOfSatisfying(
                ServiceResponseException.class, no -> assertThat(no.getResponseBody()).contains("INCORRECT_NONCE_ERR"));
        String nonce = encryptedNonce(token.getNonce());
        assertThatThrownBy(() -> importKey(base64(MATERIAL), nonce)).isInstanceOfSatisfying(
                ServiceResponseException.class,
                no -> assertThat(no.getResponseBody()).contains("UNPROCESSABLE_CIPHERTEXT_ERR"));
    }

    @Test
    void another_algorithm_or_initialization_vector_is_refused() throws GeneralSecurityException {
        GetImportToken token = token(1);
        String material = encryptedMaterial(token);
        String nonce = encryptedNonce(token.getNonce());

        assertThatThrownBy(() -> importKey(material, nonce, base64(IV), "RSAES_OAEP_SHA_1")).isInstanceOfSatisfying(
                ServiceResponseException.class, no -> assertThat(no.getResponseBody()).contains("INVALID_FIELD_ERR"));
        for (String iv : new String[]{"", "?", base64(new byte[16])}) {
            assertThatThrownBy(() -> importKey(material, nonce, iv, "RSAES_OAEP_SHA_256")).isInstanceOfSatisfying(
                    ServiceResponseException.class,
                    no -> assertThat(no.getResponseBody()).contains("INCORRECT_NONCE_IV_ERR"));
        }
    }

    @Test
    void a_new_token_takes_the_place_of_the_one_before() throws GeneralSecurityException {
        GetImportToken taken = token(1);
        token(1);

        String material = encryptedMaterial(taken);
        String nonce = encryptedNonce(taken.getNonce());
        assertThatThrownBy(() -> importKey(material, nonce)).isInstanceOfSatisfying(
                ServiceResponseException.class, no -> assertThat(no.getResponseBody()).contains("INCORRECT_NONCE_ERR"));
    }

    @Test
    void a_token_is_fetched_as_often_as_allowed_and_ends_with_its_time() throws GeneralSecurityException {
        GetImportToken token = token(2);
        assertThat(token.getRemainingRetrievals()).isEqualTo(1.0);
        fetch();
        assertThatThrownBy(this::fetch).isInstanceOf(ConflictException.class);

        String material = encryptedMaterial(token);
        String nonce = encryptedNonce(token.getNonce());
        emulator.cloud().clock().advance(Duration.ofMinutes(10));
        assertThatThrownBy(() -> importKey(material, nonce)).isInstanceOfSatisfying(ConflictException.class,
                expired -> assertThat(expired.getResponseBody()).contains("IMPORT_TOKEN_EXPIRED_ERR"));
    }
}
