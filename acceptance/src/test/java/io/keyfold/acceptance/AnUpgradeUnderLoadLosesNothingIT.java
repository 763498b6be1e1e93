package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// The way of docs/operating.md from the first version to this one and back, while clusters are asked for: two copies of
/// each process, of which one at a time is replaced.
@DisplayNameGeneration(ReplaceUnderscores.class)
@EnabledIfSystemProperty(named = "keyfold.thorough", matches = "true", disabledReason = "mvn verify -Pthorough")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class AnUpgradeUnderLoadLosesNothingIT {
    private static final Duration ALL_WITHIN = Duration.ofMinutes(4);
    private static final Set<RunState> ENDS =
            Set.of(RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED, RunState.REJECTED);
    private static final int COPIES = 2;

    private final Map<String, List<Part>> running = new LinkedHashMap<>();
    private Fleet fleet;
    private Program first;
    private Program present;
    private Records records;

    @BeforeEach
    void start_the_first_version() throws Exception {
        first = Program.first();
        present = Program.present();
        Path sites = Files.createDirectories(present.home().resolve("acceptance/target/sites"));
        fleet = new Fleet(Files.createTempDirectory(sites, "upgrade"), Map.of());
        fleet.cloud().seedInstance(Load.SHARED_INSTANCE);
        fleet.cloud().fault(
                "{\"name\":\"refused\",\"operation\":\"key-protect.create_key\",\"body_contains\":\"" + Load.REFUSED
                        + "\",\"fault\":{\"type\":\"forbidden\"}}");
        createTopics(first);
        for (String kind : List.of("kms-instance", "root-key", "authorization", Fleet.WORKFLOW)) {
            List<Part> copies = new ArrayList<>();
            for (int copy = 0; copy < COPIES; copy++) {
                copies.add(fleet.start(first, kind));
            }
            running.put(kind, copies);
        }
        running.values().forEach(copies -> copies.forEach(Part::awaitReady));
        records = new Records(fleet.bootstrapServers(), fleet.registryUrl());
    }

    @AfterEach
    void stop() {
        if (records != null) {
            records.close();
        }
        if (fleet != null) {
            fleet.close();
        }
    }

    private void createTopics(Program program) {
        fleet.run(program, "topics", "create", "--partitions", "6", "--replication-factor", "1").expect(0);
    }

    @Test
    @Tag("case-69")
    @Tag("case-107")
    void a_rolling_upgrade_and_a_way_back_lose_and_double_nothing() {
        try (Load load = new Load(new FirstOrchestrator(fleet.bootstrapServers(), fleet.registryUrl()))) {
            load.awaitAsked(12);
            theWorkflowWaitsForItsWorkers();
            roll(load, "upgrade", present, List.of("kms-instance", "root-key", "authorization", Fleet.WORKFLOW));
            load.awaitAsked(12);
            roll(load, "way back", first, List.of(Fleet.WORKFLOW, "authorization", "root-key", "kms-instance"));
            load.awaitAsked(12);
            roll(load, "upgrade again", present, List.of("kms-instance", "root-key", "authorization", Fleet.WORKFLOW));
            load.awaitAsked(12);
            load.stop();

            awaitEnds(load.expected().keySet());
            load.tell("ends: " + ends(load.expected()));
            everyRunHasEndedOnce(load.expected().keySet());
            nothingIsDoubled(load.expected().keySet());
            theFirstVersionStopsBeforeWhatItWouldMisunderstand(load);
            theWorkflowStopsForAWorkerOfTheFirstVersion();
            deprovisionAll(load);
            everyRunHasEndedOnce(load.expected().keySet());
            nothingIsLeft();
            System.out.println("Upgrade under load: " + load.figures());
        }
    }

    private void theWorkflowWaitsForItsWorkers() {
        createTopics(present);
        Part early = fleet.start(present, Fleet.WORKFLOW);
        await("it says what it waits for").atMost(Site.SOON).until(
                () -> early.linesWith("Waiting for the workers of the earlier version to be replaced") > 0);
        assertThat(fleet.run(present, "doctor").out()).containsPattern(
                "WRONG +worker root-key +runs, but 2 of the 2 members .* earlier version");
        early.close();
    }

    /// A deprovision is nothing that the first version knows.
    private void theFirstVersionStopsBeforeWhatItWouldMisunderstand(Load load) {
        String removed = load.expected().keySet().stream()
                .filter(cluster -> records.latest().get(cluster).getStanding() == Standing.CUSTOMER_MANAGED).findFirst()
                .orElseThrow();
        load.deprovision(removed);
        await(removed).atMost(ALL_WITHIN).until(
                () -> records.latest().get(removed).getStanding() == Standing.DEPROVISIONED);
        running(Fleet.WORKFLOW).forEach(Part::close);

        Part earlier = fleet.start(first, Fleet.WORKFLOW).awaitReady();
        load.retry(removed);

        await("it stops").atMost(ALL_WITHIN).until(() -> !earlier.isAlive());
        assertThat(earlier.linesWith("The state store holds version 2, but this program knows version 1 only"))
                .isPositive();
        restart(Fleet.WORKFLOW);
    }

    private void theWorkflowStopsForAWorkerOfTheFirstVersion() {
        Part earlier = fleet.start(first, "root-key").awaitReady();

        await("they stop").atMost(ALL_WITHIN).until(() -> running(Fleet.WORKFLOW).stream().noneMatch(Part::isAlive));
        assertThat(running(Fleet.WORKFLOW)).allMatch(part -> part.linesWith("Workers of an earlier version run") > 0);
        earlier.close();
        restart(Fleet.WORKFLOW);
    }

    private List<Part> running(String kind) {
        return Objects.requireNonNull(running.get(kind));
    }

    private void restart(String kind) {
        running(kind).forEach(Part::restart);
        running(kind).forEach(Part::awaitReady);
    }

    /// Replaces every copy, one at a time, kind by kind.
    private void roll(Load load, String what, Program next, List<String> order) {
        long begin = System.nanoTime();
        int asked = load.asked();
        if (next.equals(present)) {
            createTopics(next);
        }
        for (String kind : order) {
            List<Part> copies = running(kind);
            for (int copy = 0; copy < COPIES; copy++) {
                copies.get(copy).close();
                copies.set(copy, fleet.start(next, kind).awaitReady());
            }
        }
        load.tell(
                what + ": " + order.size() * COPIES + " processes in "
                        + Duration.ofNanos(System.nanoTime() - begin).toSeconds() + " s, " + (load.asked() - asked)
                        + " requests meanwhile");
    }

    private void awaitEnds(Set<String> clusters) {
        await("an end for each of " + clusters.size()).atMost(ALL_WITHIN).until(
                () -> {
                    Map<String, ClusterEncryptionStatus> latest = records.latest();
                    return clusters.stream().filter(
                            cluster -> !latest.containsKey(cluster)
                                    || !ENDS.contains(latest.get(cluster).getLastRun().getState()))
                            .toList();
                }, List::isEmpty);
    }

    private Map<RunState, Integer> ends(Map<String, Set<RunState>> expected) {
        Map<RunState, Integer> ends = new TreeMap<>();
        Map<String, ClusterEncryptionStatus> latest = records.latest();
        expected.forEach((cluster, mayEndAs) -> {
            RunState end = latest.get(cluster).getLastRun().getState();
            assertThat(mayEndAs).as("end of %s: %s", cluster, latest.get(cluster)).contains(end);
            ends.merge(end, 1, Integer::sum);
        });
        return ends;
    }

    private void nothingIsDoubled(Set<String> clusters) {
        Map<String, Long> live = names("instances", "state", Set.of("active", "provisioning", "inactive"));
        Map<String, Long> keys = names("keys", "state", Set.of("1"));
        Map<String, ClusterEncryptionStatus> latest = records.latest();
        for (String cluster : clusters) {
            String prefix = cluster.substring(cluster.indexOf('/') + 1);
            boolean stands = latest.get(cluster).getStanding() == Standing.CUSTOMER_MANAGED;
            assertThat(keys.getOrDefault(prefix + "-key", 0L)).as("keys of %s", cluster).isEqualTo(stands ? 1 : 0);
            assertThat(live.getOrDefault(prefix + "-kms", 0L)).as("instances of %s", cluster)
                    .isEqualTo(stands && !prefix.startsWith("shared-") ? 1 : 0);
        }
    }

    /// How many there are of each name whose field has one of these values.
    private Map<String, Long> names(String what, String field, Set<String> values) {
        return StreamSupport.stream(fleet.cloud().state().path(what).spliterator(), false)
                .filter(one -> values.contains(one.path(field).asText()))
                .collect(Collectors.groupingBy(one -> one.path("name").asText(), Collectors.counting()));
    }

    /// A request that is rejected begins no run.
    private void everyRunHasEndedOnce(Set<String> clusters) {
        for (String cluster : clusters) {
            Map<Integer, Long> ends = records.audit(cluster).stream()
                    .filter(line -> line.getEvent() == AuditEvent.RUN_ENDED
                            || line.getEvent() == AuditEvent.REQUEST_REFUSED)
                    .collect(
                            Collectors.groupingBy(ClusterEncryptionAudit::getRun, TreeMap::new, Collectors.counting()));
            assertThat(ends.values()).as("ends of each run of %s", cluster).isNotEmpty().containsOnly(1L);
        }
        assertThat(records.deadLetters()).isEmpty();
    }

    private void deprovisionAll(Load load) {
        List<String> standing = load.expected().keySet().stream()
                .filter(cluster -> records.latest().get(cluster).getStanding() == Standing.CUSTOMER_MANAGED).toList();
        standing.forEach(load::deprovision);
        await("all are removed").atMost(ALL_WITHIN).until(
                () -> standing.stream().filter(
                        cluster -> records.latest().get(cluster).getStanding() != Standing.DEPROVISIONED).toList(),
                List::isEmpty);
        load.tell("deprovisioned: " + standing.size());
    }

    /// What is kept for others goes when the last of them has let go.
    private void nothingIsLeft() {
        await("nothing is left").atMost(ALL_WITHIN).untilAsserted(() -> {
            assertThat(fleet.cloud().policiesOn("kf-")).isEmpty();
            assertThat(names("keys", "state", Set.of("1"))).isEmpty();
            assertThat(names("instances", "state", Set.of("active", "provisioning", "inactive"))).containsOnlyKeys(
                    Load.SHARED_INSTANCE);
        });
    }
}
