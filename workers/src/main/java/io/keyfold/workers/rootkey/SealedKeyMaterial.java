package io.keyfold.workers.rootkey;

/// Material that only Key Protect can open; all of it in base64.
///
/// @param payload        the material, encrypted with the import token's public key
/// @param encryptedNonce the import token's nonce, encrypted with the material, its tag behind it
/// @param iv             the initialization vector of that
public record SealedKeyMaterial(String payload, String encryptedNonce, String iv) {
    /// Name of how the payload is encrypted, as Key Protect wants it.
    public static final String ALGORITHM = "RSAES_OAEP_SHA_256";
}
