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

    static ImportToken create(Instant now, int expirationSeconds, int most) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048); // IBM's are of 4096 bits; these protect nothing and are made in a tenth of the time
            byte[] nonce = new byte[12];
            new SecureRandom().nextBytes(nonce);
            return new ImportToken(generator.generateKeyPair(), Base64.getEncoder().encodeToString(nonce), now,
                    now.plusSeconds(expirationSeconds), most, most);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
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
