package io.keyfold.workers.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.CommandAction;
import io.keyfold.contract.ResourceCondition;
import io.keyfold.workers.step.Action;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.Inspection;
import io.keyfold.workers.step.StepName;
import io.keyfold.workers.step.StorageService;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What the contract's enums and the workers' own have in common: they are turned into each other by name.
class WireEnumsTest {

    @Test
    @Tag("case-19")
    void every_command_of_the_contract_is_known() {
        assertThat(names(Action.values())).containsExactlyInAnyOrderElementsOf(names(CommandAction.values()));
        assertThat(names(StepName.values()))
                .containsExactlyInAnyOrderElementsOf(names(io.keyfold.contract.StepName.values()));
    }

    @Test
    void everything_that_is_answered_has_a_word_in_the_contract() {
        assertThat(names(io.keyfold.contract.FaultCode.values())).containsAll(names(FaultCode.values()));
        assertThat(names(ResourceCondition.values())).containsAll(names(Inspection.Condition.values()));
        assertThat(names(StorageService.values()))
                .containsExactlyInAnyOrderElementsOf(names(io.keyfold.contract.StorageService.values()));
    }

    private static List<String> names(Enum<?>[] symbols) {
        return Arrays.stream(symbols).map(Enum::name).toList();
    }
}
