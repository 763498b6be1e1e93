package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.schemas.ContractClasses;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class VerdictTest {
    static {
        ContractClasses.trust();
    }

    @ParameterizedTest
    @CsvSource({
        "PAUSED, keyfold resume default/hpc-1 lifts the pause",
        "NOTHING_TO_VERIFY, keyfold status default/hpc-1 says how it stands"
    })
    void a_row_of_what_was_refused_says_what_to_do_next(String code, String next) {
        var refused = ClusterEncryptionAudit.newBuilder().setClusterId("default/hpc-1").setCode(code)
                .setMessage("VERIFY refused.").build();

        assertThat(Verdict.inARow(refused)).startsWith(code + " VERIFY refused. ").contains(next);
    }
}
