package io.keyfold.workers.rootkey;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/// What Key Protect wants a key to be brought with: a public key to encrypt it, and a nonce that proves which import it is
/// (docs: Key Protect, "Using import tokens"). An instance has one at a time.
public final class ImportToken {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final RSAPublicKey key;
    private final byte[] nonce;

    public ImportToken(RSAPublicKey key, byte[] nonce) {
        this.key = key;
        this.nonce = nonce.clone();
    }

    /// Encrypts the material for Key Protect alone, and the nonce with the material.
    SealedKeyMaterial seal(KeyMaterial material) {
        byte[] iv = new byte[IV_BYTES];
        RANDOM.nextBytes(iv);
        try {
            Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPPadding");
            rsa.init(
                    Cipher.ENCRYPT_MODE, key,
                    new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
            Cipher aes = Cipher.getInstance("AES/GCM/NoPadding");
            aes.init(Cipher.ENCRYPT_MODE, new AesKey(material), new GCMParameterSpec(TAG_BITS, iv));
            return new SealedKeyMaterial(
                    base64(rsa.doFinal(material.bytes())), base64(aes.doFinal(nonce)), base64(iv));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has RSA-OAEP and AES-GCM", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /// A `SecretKeySpec` would keep a copy that cannot be wiped.
    private record AesKey(KeyMaterial material) implements SecretKey {
        @Override
        public String getAlgorithm() {
            return "AES";
        }

        @Override
        public String getFormat() {
            return "RAW";
        }

        /// A copy, as the cipher expects it, which wipes it.
        @Override
        public byte[] getEncoded() {
            return material.bytes().clone();
        }
    }
}
