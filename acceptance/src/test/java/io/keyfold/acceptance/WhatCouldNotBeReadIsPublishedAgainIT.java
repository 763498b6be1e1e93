package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.RunState;
import io.keyfold.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// `keyfold dead-letters`, end to end: a dead letter is looked into, repaired and published again, once and never twice.
@DisplayNameGeneration(ReplaceUnderscores.class)
class WhatCouldNotBeReadIsPublishedAgainIT {
    private static final int REFUSED = 5;

    private final Site site = Site.shared();
    private final Sender sender = new Sender(site);

    @AfterEach
    void close() {
        sender.close();
    }

    @Test
    @Tag("case-9")
    void a_request_under_the_wrong_key_is_repaired_and_ends_as_its_run() {
        byte[] value = sender.bytes(Topics.CLUSTER_DEPLOY_REQUESTED, Site.request("letter-right").build());
        String letter = name(send("default/letter-wrong", value));

        assertThat(site.run("dead-letters", "replay", letter).expect(REFUSED).err())
                .contains("Its key is of default/letter-wrong, its body of default/letter-right");
        assertThat(
                site.run("dead-letters", "replay", letter, "--set", "key_management=null", "--yes", "--wait").expect(0)
                        .out())
                .contains("default/letter-right", "PROVIDER_MANAGED");
        assertThat(site.run("dead-letters", "replay", letter, "--yes").expect(REFUSED).err())
                .contains("it was published again already");

        var end = site.awaitEnd("default/letter-right");
        assertThat(end.getLastRun().getState()).isEqualTo(RunState.COMPLETED);
        assertThat(end.getLastRun().getRequestId()).isEqualTo("r-letter-right");
        assertThat(site.run("dead-letters", "list", "--cluster", "letter-wrong", "-o", "json").expect(0).out())
                .contains(letter, "KEY_MISMATCH", "\"repaired\" : true");
    }

    @Test
    @Tag("case-111")
    void what_is_shown_of_unreadable_bytes_has_no_secret_in_it() {
        String letter = name(send("default/letter-junk", bytes("{\"apikey\": \"canary-4711-zebra\"}")));

        String shown = site.run("dead-letters", "show", letter).expect(0).out();
        assertThat(shown).contains("NOT_AVRO", "61 70 69 6b 65 79", "apikey").doesNotContain("canary", "zebra");
    }

    @Test
    void of_several_who_publish_the_same_at_once_one_does() {
        byte[] value = sender.bytes(Topics.CLUSTER_DEPLOY_REQUESTED, Site.request("letter-once").build());
        String letter = name(send("default/letter-twice", value));

        List<CompletableFuture<Cli>> runs = Stream.generate(
                () -> CompletableFuture.supplyAsync(
                        () -> site.run("dead-letters", "replay", letter, "--set", "key_management=null", "--yes")))
                .limit(3).toList();

        assertThat(runs).filteredOn(run -> run.join().exitCode() == 0).hasSize(1);
        site.awaitEnd("default/letter-once");
        assertThat(site.audit("default/letter-once")).extracting(ClusterEncryptionAudit::getEvent)
                .containsOnlyOnce(AuditEvent.REQUEST_ACCEPTED).doesNotContain(AuditEvent.IGNORED);
    }

    private RecordMetadata send(String key, byte[] value) {
        RecordMetadata sent = sender.send(Topics.CLUSTER_DEPLOY_REQUESTED, bytes(key), value);
        site.awaitDeadLetter(sent);
        return sent;
    }

    private static String name(RecordMetadata sent) {
        return sent.topic() + "-" + sent.partition() + "@" + sent.offset();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
