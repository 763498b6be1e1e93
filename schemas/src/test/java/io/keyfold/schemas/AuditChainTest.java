package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AuditChainTest {
    /// SHA-256 of "abc", as FIPS 180 has it, begins so.
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223";

    @Test
    @Tag("case-127")
    void the_hash_is_the_first_half_of_sha_256_over_the_body() {
        assertThat(hash("00000001")).isEqualTo(ABC);
    }

    @Test
    void the_schema_id_is_not_sealed() {
        assertThat(hash("000000ff")).isEqualTo(ABC);
    }

    @Test
    void what_has_no_header_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AuditChain.hash(new byte[4]))
                .withMessage("An audit record of 4 bytes is not in the Confluent wire format");
    }

    private static String hash(String schemaId) {
        byte[] value = HexFormat.of().parseHex(
                "00" + schemaId + HexFormat.of().formatHex("abc".getBytes(StandardCharsets.US_ASCII)));
        return HexFormat.of().formatHex(AuditChain.hash(value).bytes());
    }
}
