package io.keyfold.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.audit.Place;
import io.keyfold.cli.letters.Letter;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.DeadLetter;
import io.keyfold.contract.DeadLetterReason;
import io.keyfold.contract.LetterReplay;
import io.keyfold.contract.SourcePosition;
import io.keyfold.schemas.Topics;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RefusalTest {
    private static final String REQUESTS = Topics.CLUSTER_DEPLOY_REQUESTED.name();

    @Test
    void of_whom_nobody_has_asked_anything_nothing_was_refused() {
        assertThat(Refusal.latest(List.of(), List.of())).isEmpty();
    }

    @Test
    void a_refusal_says_when_why_and_what_to_do() {
        assertThat(Refusal.latest(List.of(refused(1, 7, "KEY_MISMATCH", "They disagree. Send it again.")), List.of()))
                .contains(
                        new Refusal(
                                Statuses.NOON.plusSeconds(1),
                                "what was asked of it was refused, last at 2026-01-31T12:00:01Z (KEY_MISMATCH):"
                                        + " They disagree. Send it again.",
                                "Put that right and ask again. All that was asked: keyfold history default/hpc-1"));
    }

    @Test
    void a_request_that_is_both_refused_and_a_dead_letter_is_told_once_with_where_it_is() {
        assertThat(
                Refusal.latest(List.of(refused(1, 7, "KEY_MISMATCH", "They disagree.")), List.of(letter(2, 7, false))))
                .hasValueSatisfying(refusal -> {
                    assertThat(refusal.what()).contains("They disagree.");
                    assertThat(refusal.remedy()).endsWith(
                            "keyfold history default/hpc-1. Its record: keyfold dead-letters show "
                                    + "cluster-deploy-requested-0@7");
                });
    }

    @Test
    void a_request_that_nobody_could_read_is_told_by_its_dead_letter_without_its_tricks() {
        assertThat(Refusal.latest(List.of(), List.of(letter(2, 8, false)))).hasValueSatisfying(refusal -> {
            assertThat(refusal.what()).isEqualTo(
                    "what was asked of it could not be read and is a dead letter since 2026-01-31T12:00:02Z (NOT_AVRO):"
                            + " ?[2JNo Avro.");
            assertThat(refusal.remedy()).endsWith("keyfold dead-letters show cluster-deploy-requested-0@8");
        });
    }

    @Test
    void the_latest_counts_and_what_was_published_again_does_not() {
        var audit = List.of(
                refused(1, 7, "BUSY", "first"), refused(3, 9, "UNKNOWN_DEPLOY", "second"),
                line(AuditEvent.CONTROL_ACCEPTED, 4, 10, "", "accepted"));

        assertThat(Refusal.latest(audit, List.of(letter(2, 8, false)))).map(Refusal::what).get().asString()
                .contains("second");
        assertThat(Refusal.latest(audit, List.of(letter(5, 11, false)))).map(Refusal::what).get().asString()
                .contains("No Avro.");
        assertThat(Refusal.latest(audit, List.of(letter(5, 11, true)))).map(Refusal::what).get().asString()
                .contains("second");
        assertThat(Refusal.latest(List.of(), List.of(letter(5, 11, true)))).isEmpty();
    }

    private static ClusterEncryptionAudit refused(int second, long offset, String code, String message) {
        return line(AuditEvent.REQUEST_REFUSED, second, offset, code, message);
    }

    private static ClusterEncryptionAudit line(
            AuditEvent event, int second, long offset, String code, String message) {
        return ClusterEncryptionAudit.newBuilder().setClusterId("default/hpc-1").setEvent(event).setCode(code)
                .setMessage(message).setOccurredAt(Statuses.NOON.plusSeconds(second))
                .setCause(SourcePosition.newBuilder().setTopic(REQUESTS).setPartition(0).setOffset(offset).build())
                .build();
    }

    private static Letter letter(int second, long offset, boolean isReplayed) {
        return new Letter(
                new Place(Topics.DEAD_LETTERS.name(), 0, 1),
                DeadLetter.newBuilder().setReason(DeadLetterReason.NOT_AVRO).setMessage("\u001b[2JNo Avro.")
                        .setSourceTopic(REQUESTS).setSourcePartition(0).setSourceOffset(offset)
                        .setWrittenAt(Statuses.NOON.plusSeconds(second)).build(),
                isReplayed ? Optional.of(LetterReplay.newBuilder().build()) : Optional.empty());
    }
}
