package io.keyfold.emulator.keyprotect;

import io.keyfold.emulator.service.Refusal;
import java.security.GeneralSecurityException;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/// Opens a securely imported key as Key Protect does: RSA-OAEP with SHA-256, and the nonce proves the key by AES-GCM.
final class SecureImport {

    private static final int TAG_BITS = 128;
    private static final int IV_BYTES = 12;

    private SecureImport() {}

    static void check(KeyRequest request, ImportToken token, String action) throws Refusal {
        if (ivBytes(request) != IV_BYTES) {
            throw KeyProtectErrors.badRequest(action, "INCORRECT_NONCE_IV_ERR",
                    "The initialization vector of the nonce must be " + IV_BYTES + " bytes in base64");
        }
        byte[] material = decrypt(request, token, action);
        if (material.length != 16 && material.length != 24 && material.length != 32) {
            throw KeyProtectErrors.badRequest(action, "INVALID_FIELD_ERR",
                    "The field `payload` must be: 16, 24 or 32 bytes for a root key");
        }
        try {
            Cipher aes = Cipher.getInstance("AES/GCM/NoPadding");
            aes.init(Cipher.DECRYPT_MODE, new SecretKeySpec(material, "AES"),
                    new GCMParameterSpec(TAG_BITS, Base64.getDecoder().decode(request.iv())));
            byte[] nonce = aes.doFinal(nonceAndTag(request));
            if (!Arrays.equals(nonce, Base64.getDecoder().decode(token.nonce()))) {
                throw incorrectNonce(action);
            }
        } catch (GeneralSecurityException | IllegalArgumentException notThisNonce) {
            throw incorrectNonce(action);
        } finally {
            Arrays.fill(material, (byte) 0);
        }
    }

    private static int ivBytes(KeyRequest request) {
        try {
            return Base64.getDecoder().decode(request.iv()).length;
        } catch (IllegalArgumentException notBase64) {
            return 0;
        }
    }

    /// Some clients send the initialization vector in front of nonce and tag as well.
    private static byte[] nonceAndTag(KeyRequest request) {
        byte[] sent = Base64.getDecoder().decode(request.encryptedNonce());
        byte[] iv = Base64.getDecoder().decode(request.iv());
        boolean ivInFront = sent.length == 40 && Arrays.equals(Arrays.copyOf(sent, iv.length), iv);
        return ivInFront ? Arrays.copyOfRange(sent, iv.length, sent.length) : sent;
    }

    private static byte[] decrypt(KeyRequest request, ImportToken token, String action) throws Refusal {
        try {
            Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPPadding");
            rsa.init(Cipher.DECRYPT_MODE, token.pair().getPrivate(), new OAEPParameterSpec("SHA-256", "MGF1",
                    MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
            return rsa.doFinal(Base64.getDecoder().decode(request.payload().orElse("")));
        } catch (GeneralSecurityException | IllegalArgumentException notForThisToken) {
            throw KeyProtectErrors.refusal(422, action, "UNPROCESSABLE_CIPHERTEXT_ERR",
                    "The payload cannot be decrypted with the import token's key");
        }
    }

    private static Refusal incorrectNonce(String action) {
        return KeyProtectErrors.badRequest(action, "INCORRECT_NONCE_ERR", "The nonce is not that of the import token");
    }
}
