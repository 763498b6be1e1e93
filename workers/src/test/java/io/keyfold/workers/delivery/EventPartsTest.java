package io.keyfold.workers.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.Finding;
import io.keyfold.contract.ResourceCondition;
import io.keyfold.contract.StepEventType;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultReport;
import io.keyfold.workers.step.Inspection;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.RegistrationCount;
import io.keyfold.workers.step.Resource;
import io.keyfold.workers.step.StorageService;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventPartsTest {
    private static final Resource KEY = Resource.ofId("key-1", "guid", "us-south");

    @Test
    void until_when_what_was_deleted_is_restorable_is_told_and_what_was_found_instead() {
        Instant until = Instant.parse("2026-03-01T00:00:00Z");

        EventParts parts = EventParts.of(new Outcome.Compensated(KEY, Optional.of(until), "was not there"));

        assertThat(parts.type()).isEqualTo(StepEventType.COMPENSATED);
        assertThat(parts.restorableUntil()).isEqualTo(until);
        assertThat(parts.why()).isEqualTo("was not there");
        assertThat(EventParts.of(new Outcome.Compensated(KEY)).restorableUntil()).isNull();
    }

    @Test
    void what_was_seen_is_told_with_its_differences_and_counts() {
        EventParts parts = EventParts.of(new Outcome.Verified(
                KEY,
                Inspection.ofStanding(List.of("It should be active, and is suspended (disabled)."))
                        .with(Optional.of(
                                List.of(new RegistrationCount(StorageService.BLOCK_STORAGE, "is", "volume", 2))))));

        assertThat(parts.type()).isEqualTo(StepEventType.VERIFIED);
        assertThat(parts.finding()).isEqualTo(Finding.UNKNOWN);
        assertThat(parts.resourceId()).isEqualTo("key-1");
        assertThat(parts.fault()).isNull();
        assertThat(parts.inspection()).isEqualTo(io.keyfold.contract.Inspection.newBuilder()
                .setCondition(ResourceCondition.CHANGED)
                .setDifferences(List.of("It should be active, and is suspended (disabled)."))
                .setRegistrationsCounted(true)
                .setRegistrations(List.of(io.keyfold.contract.RegistrationCount.newBuilder()
                        .setStorageService(io.keyfold.contract.StorageService.BLOCK_STORAGE)
                        .setService("is")
                        .setResourceType("volume")
                        .setCount(2)
                        .build()))
                .build());
    }

    @Test
    void what_was_not_counted_is_not_said_to_be_none() {
        assertThat(EventParts.of(new Outcome.Verified(KEY, Inspection.ofMissing("It was purged."))).inspection())
                .isEqualTo(io.keyfold.contract.Inspection.newBuilder()
                        .setCondition(ResourceCondition.MISSING)
                        .setDifferences(List.of("It was purged."))
                        .setRegistrationsCounted(false)
                        .setRegistrations(List.of())
                        .build());
    }

    @Test
    void a_failure_names_what_was_made_before_it() {
        var fault = new FaultReport(FaultCode.FORBIDDEN, "You may not.", Optional.empty(), true);

        assertThat(EventParts.of(new Outcome.Failed(fault, Optional.of(KEY))).resourceId()).isEqualTo("key-1");
        assertThat(EventParts.of(new Outcome.Failed(fault)).resource()).isNull();
    }

    @Test
    void other_answers_have_no_inspection() {
        assertThat(EventParts.of(new Outcome.NotFound()).inspection()).isNull();
    }
}
