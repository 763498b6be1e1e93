package io.keyfold.schemas;

import io.keyfold.contract.Hash128;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// How each audit record of a cluster seals the one before it: `previous_hash` holds the first 128 bits of SHA-256 over
/// the Avro body of that record, so whoever changes, removes or inserts one has to write all later ones anew.
public final class AuditChain {
    private AuditChain() {}

    /// The hash that the cluster's next audit record carries.
    ///
    /// What begins a record in the wire format is not sealed: copied into another registry, the same record has another id.
    ///
    /// @param value the value of an audit record as it lies in its topic
    public static Hash128 hash(byte[] value) {
        if (value.length < RecordDecoder.WIRE_HEADER_BYTES) {
            throw new IllegalArgumentException(
                    "An audit record of " + value.length + " bytes is not in the Confluent wire format");
        }
        MessageDigest sha256 = sha256();
        sha256.update(value, RecordDecoder.WIRE_HEADER_BYTES, value.length - RecordDecoder.WIRE_HEADER_BYTES);
        byte[] first = new byte[Hash128.getClassSchema().getFixedSize()];
        System.arraycopy(sha256.digest(), 0, first, 0, first.length);
        return new Hash128(first);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
