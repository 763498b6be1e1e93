package io.keyfold.workflow.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workflow.request.RefusalCode;
import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.saga.FaultCode;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RemedyTest {

    @ParameterizedTest
    @EnumSource(value = FaultCode.class, mode = EnumSource.Mode.EXCLUDE, names = "CANCELLED")
    void every_fault_says_what_to_mend_for_every_kind_of_thing(FaultCode code) {
        assertThat(Remedy.meaning(code)).endsWith(".");
        assertThat(Remedy.mend(code, Optional.empty())).endsWith(".");
        for (ResourceKind kind : ResourceKind.values()) {
            assertThat(Remedy.mend(code, Optional.of(kind))).endsWith(".");
        }
    }

    @ParameterizedTest
    @EnumSource(RefusalCode.class)
    void every_refusal_says_what_it_means_and_what_to_do(RefusalCode code) {
        assertThat(Remedy.meaning(code)).endsWith(".");
        assertThat(Remedy.mend(code)).endsWith(".");
    }
}
