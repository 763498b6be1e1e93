package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.RunState;
import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.schemas.Topics;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// `keyfold audit`, end to end: what is as it must be has no violation, and what somebody does behind Keyfold's back is
/// found, each by its invariant.
@DisplayNameGeneration(ReplaceUnderscores.class)
class WhatMustNeverBeIsFoundIT {
    private static final int VIOLATED = 11;

    private final Site site = Site.shared();
    private final Cloud cloud = site.cloud();

    @Test
    void what_is_clean_audits_clean_and_what_is_planted_is_found() {
        List<String> clusters = List.of("aud-one", "aud-two").stream()
                .map(prefix -> site.deploy(Site.request(prefix).setAccount("prod"))).toList();
        clusters.forEach(
                cluster -> assertThat(site.awaitEnd(cluster).getLastRun().getState()).as(site.story(cluster))
                        .isEqualTo(RunState.COMPLETED));
        assertThat(audit(clusters).expect(0).out()).contains("No violation.").contains("NO_EFFECT_WITHOUT_COMMAND")
                .doesNotContain("needs the emulator's ledger");

        String instance = cloud.instances("aud-one-kms").getFirst();
        String policy = cloud.policiesOn(instance).getFirst();
        cloud.deletePolicy(policy);
        String key = cloud.seedMarkedKey(
                instance, "aud-one-vsi-key",
                "kf-default-" + Mark.cluster(new ClusterId("prod", "aud-one")) + "-1-vsikey-1");
        forgeTheAuditOf("prod/aud-two");

        String told = audit(clusters).expect(VIOLATED).out();
        assertThat(told)
                .containsPattern("VIOLATED  STATUS_AND_CLOUD_AGREE  prod/aud-one .*" + policy + ".* is not there")
                .containsPattern("VIOLATED  STATUS_AND_CLOUD_AGREE  prod/aud-one .*" + key + ".*no status lists it")
                .containsPattern("VIOLATED  AUDIT_IS_SEALED  prod/aud-two  record \\d+ does not seal the one before it")
                .contains("3 violations.", "see cluster-encryption-audit-", "-> ");
        assertThat(audit(List.of("prod/aud-two"), "--offline", "-o", "json").expect(VIOLATED).out())
                .contains("this was --offline", "\"invariant\" : \"AUDIT_IS_SEALED\"",
                        "\"cluster_id\" : \"prod/aud-two\"");
        cloud.destroyKey(key);
    }

    /// As whoever may write the topic could, with a stock producer: the next record, and nothing that it could seal.
    private void forgeTheAuditOf(String cluster) {
        ClusterEncryptionAudit last = site.audit(cluster).getLast();
        ClusterEncryptionAudit forged = ClusterEncryptionAudit.newBuilder(last).setSequence(last.getSequence() + 1)
                .setEvent(AuditEvent.IGNORED).setPreviousHash(null).build();
        var serdes = new AvroSerdes(SerdeSettings.from(Map.of("schema.registry.url", site.registryUrl())));
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", site.bootstrapServers()), new StringSerializer(),
                serdes.serializer(Topics.CLUSTER_ENCRYPTION_AUDIT))) {
            producer.send(new ProducerRecord<>(Topics.CLUSTER_ENCRYPTION_AUDIT.name(), cluster, forged));
        }
    }

    private Cli audit(List<String> clusters, String... further) {
        var all = new ArrayList<>(List.of("audit"));
        clusters.forEach(cluster -> all.addAll(List.of("--cluster", cluster)));
        all.addAll(List.of(further));
        return site.run(all.toArray(String[]::new));
    }
}
