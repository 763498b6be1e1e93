package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("case-113")
class AccessRulesTest {
    private static final AccessRules RULES = new AccessRules("default", "keyfold-workflow-default", Map.of());

    @Test
    void a_worker_reads_its_commands_and_answers_and_does_nothing_else() {
        assertThat(words(Party.ROOT_KEY_WORKER)).containsExactlyInAnyOrder(
                "User:keyfold-worker-root-key ALLOW READ topic root-key-commands",
                "User:keyfold-worker-root-key ALLOW WRITE topic root-key-events",
                "User:keyfold-worker-root-key ALLOW WRITE topic keyfold-dead-letters",
                "User:keyfold-worker-root-key ALLOW READ topic keyfold-worker-control",
                "User:keyfold-worker-root-key ALLOW READ topic keyfold-worker-status",
                "User:keyfold-worker-root-key ALLOW WRITE topic keyfold-worker-status",
                "User:keyfold-worker-root-key ALLOW READ group keyfold-default-root-key");
    }

    @Test
    void the_workflow_has_its_own_group_transactions_and_changelogs_and_sees_who_works() {
        assertThat(words(Party.WORKFLOW)).contains(
                "User:keyfold-workflow ALLOW READ group keyfold-workflow-default",
                "User:keyfold-workflow ALLOW DESCRIBE group keyfold-default-kms-instance",
                "User:keyfold-workflow ALLOW WRITE transactional id keyfold-workflow-default-…",
                "User:keyfold-workflow ALLOW CREATE topic keyfold-workflow-default-…",
                "User:keyfold-workflow ALLOW READ topic keyfold-workflow-default-…",
                "User:keyfold-workflow ALLOW WRITE topic keyfold-workflow-default-…");
    }

    @Test
    void nobody_but_the_workflow_writes_statuses_and_audit_and_nobody_but_its_worker_an_answer() {
        assertThat(writersOf(Topics.CLUSTER_ENCRYPTION_STATUS)).containsExactly(Party.WORKFLOW);
        assertThat(writersOf(Topics.CLUSTER_ENCRYPTION_AUDIT)).containsExactly(Party.WORKFLOW);
        assertThat(writersOf(Topics.AUTHORIZATION_EVENTS)).containsExactly(Party.AUTHORIZATION_WORKER);
    }

    @Test
    void an_auditor_reads_every_topic_and_writes_none() {
        var auditor = Objects.requireNonNull(RULES.bindings().get(Party.AUDITOR));

        assertThat(auditor).extracting(binding -> binding.entry().operation())
                .containsOnly(AclOperation.READ, AclOperation.DESCRIBE);
        assertThat(Topics.ALL).allMatch(topic -> topic.readers().contains(Party.AUDITOR));
    }

    @Test
    void nobody_may_do_anything_with_the_cluster_or_delete_or_alter_anything() {
        assertThat(RULES.all()).extracting(binding -> binding.pattern().resourceType())
                .containsOnly(ResourceType.TOPIC, ResourceType.GROUP, ResourceType.TRANSACTIONAL_ID);
        assertThat(RULES.all()).extracting(binding -> binding.entry().operation()).doesNotContain(
                AclOperation.ALL, AclOperation.DELETE, AclOperation.ALTER, AclOperation.ALTER_CONFIGS,
                AclOperation.CLUSTER_ACTION);
    }

    @Test
    void a_party_may_come_as_another_user() {
        var rules = new AccessRules("eu", "keyfold-workflow-eu", Map.of(Party.WORKFLOW, "User:CN=wf"));

        assertThat(Objects.requireNonNull(rules.bindings().get(Party.WORKFLOW)))
                .extracting(binding -> binding.entry().principal()).containsOnly("User:CN=wf");
        assertThat(rules.principals()).containsEntry(Party.OPERATOR, "User:keyfold-operator");
    }

    private static Set<Party> writersOf(Topic<?> topic) {
        return RULES.bindings().entrySet().stream()
                .filter(each -> each.getValue().stream().anyMatch(binding -> isWrite(binding, topic)))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static boolean isWrite(AclBinding binding, Topic<?> topic) {
        return binding.entry().operation() == AclOperation.WRITE && binding.pattern().name().equals(topic.name());
    }

    private static List<String> words(Party party) {
        return Objects.requireNonNull(RULES.bindings().get(party)).stream().map(AccessControl::words).toList();
    }
}
