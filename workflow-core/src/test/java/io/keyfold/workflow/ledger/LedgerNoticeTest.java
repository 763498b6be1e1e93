package io.keyfold.workflow.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.workflow.ledger.LedgerRequest.Type;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.ResourceKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Who was refused a delete is told when the last other holder lets go.
@DisplayNameGeneration(ReplaceUnderscores.class)
class LedgerNoticeTest {
    private static final String INSTANCE = "11111111-0000-4000-8000-000000000001";

    private LedgerEntry entry = LedgerEntry.empty();

    @Test
    @Tag("case-98")
    void the_creator_is_told_when_the_last_holder_lets_go_and_not_before() {
        when("a", Type.CREATED, "policy");
        when("b", Type.HOLD, "policy");
        when("c", Type.HOLD, "policy");
        assertThat(when("a", Type.DELETE, "policy")).extracting(LedgerReply::verdict).containsExactly(Verdict.REFUSED);

        assertThat(when("b", Type.RELEASE, INSTANCE)).isEmpty();
        assertThat(when("c", Type.RELEASE, INSTANCE)).singleElement().satisfies(notice -> {
            assertThat(notice.verdict()).isEqualTo(Verdict.RELEASED);
            assertThat(notice.request().cluster().clusterPrefix()).isEqualTo("a");
            assertThat(notice.request().resourceId()).isEqualTo("policy");
        });
    }

    @Test
    void it_is_told_once() {
        when("a", Type.CREATED, "policy");
        when("b", Type.HOLD, "policy");
        when("a", Type.DELETE, "policy");
        when("b", Type.RELEASE, INSTANCE);

        assertThat(when("b", Type.RELEASE, INSTANCE)).isEmpty();
        assertThat(entry.waiting()).isEmpty();
    }

    @Test
    void a_key_is_free_when_nobody_holds_that_key_though_others_hold_the_instance() {
        when("a", Type.CREATED, "key", ResourceKind.ROOT_KEY);
        when("b", Type.HOLD, "key", ResourceKind.ROOT_KEY);
        when("c", Type.HOLD, INSTANCE, ResourceKind.KMS_INSTANCE);
        when("a", Type.DELETE, "key", ResourceKind.ROOT_KEY);

        assertThat(when("b", Type.RELEASE, INSTANCE)).extracting(LedgerReply::verdict)
                .containsExactly(Verdict.RELEASED);
    }

    @Test
    void whoever_was_not_refused_is_told_nothing() {
        when("a", Type.CREATED, "policy");
        when("b", Type.HOLD, "policy");

        assertThat(when("b", Type.RELEASE, INSTANCE)).isEmpty();
    }

    @Test
    void what_is_used_again_by_its_creator_is_not_waited_for_any_more() {
        when("a", Type.CREATED, "policy");
        when("b", Type.HOLD, "policy");
        when("a", Type.DELETE, "policy");
        when("a", Type.CREATED, "policy");

        assertThat(when("b", Type.RELEASE, INSTANCE)).isEmpty();
    }

    private List<LedgerReply> when(String cluster, Type type, String id) {
        return when(cluster, type, id, ResourceKind.AUTHORIZATION_POLICY);
    }

    private List<LedgerReply> when(String cluster, Type type, String id, ResourceKind kind) {
        var request = new LedgerRequest(
                UUID.nameUUIDFromBytes((cluster + type + id).getBytes(StandardCharsets.UTF_8)),
                type,
                new ClusterId("default", cluster),
                1,
                INSTANCE,
                kind,
                id,
                Optional.empty(),
                List.of(),
                Instant.EPOCH);
        LedgerFold.Decision decision = LedgerFold.fold(entry, request);
        entry = decision.entry();
        return decision.replies();
    }
}
