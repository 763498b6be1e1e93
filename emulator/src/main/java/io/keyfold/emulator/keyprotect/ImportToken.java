package io.keyfold.emulator.keyprotect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.service.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;

/// What a secure import is done with: a public key to encrypt the material, and a nonce to prove that it is this import.
///
/// @param retrievals how often it can still be fetched
record ImportToken(KeyPair pair, String nonce, Instant created, Instant expires, int most, int retrievals) {

    /// One pair for all tokens, made when the first is asked for: it protects nothing, and making one takes long.
    private static final class OnePair {
        private static final KeyPair PAIR = make();

        private static KeyPair make() {
            try {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
                generator.initialize(2048);
                return generator.generateKeyPair();
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    static ImportToken create(Instant now, int expirationSeconds, int most) {
        byte[] nonce = new byte[12];
        new SecureRandom().nextBytes(nonce);
        return new ImportToken(OnePair.PAIR, Base64.getEncoder().encodeToString(nonce), now,
                now.plusSeconds(expirationSeconds), most, most);
    }

    ImportToken fetched() {
        return new ImportToken(pair, nonce, created, expires, most, retrievals - 1);
    }

    boolean isUsable(Instant now) {
        return now.isBefore(expires);
    }

    ObjectNode json() {
        return Json.object().put("creationDate", KeyJson.time(created)).put("expirationDate", KeyJson.time(expires))
                .put("maxAllowedRetrievals", most).put("remainingRetrievals", retrievals);
    }

    ObjectNode jsonWithKey() {
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
        return json().put("payload",
                Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)))
                .put("nonce", nonce);
    }
}
