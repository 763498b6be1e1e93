package io.keyfold.gateway.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepName;
import io.keyfold.contract.StepStatus;
import io.keyfold.contract.StorageService;
import io.keyfold.contract.StorageStatus;
import io.keyfold.gateway.Statuses;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// How much a large fleet takes: `-Dtest.thorough=-Dkeyfold.thorough=true`.
@EnabledIfSystemProperty(named = "keyfold.thorough", matches = "true")
class LargeFleetTest {
    private static final int CLUSTERS = 100_000;
    /// Of this thread: others may work on the machine.
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
    private static final long MEGABYTE = 1 << 20;

    @Test
    void a_hundred_thousand_clusters_are_held_searched_and_paged_at_small_cost() {
        var fleet = new Fleet();
        fleet.begin("topic", 24);
        var before = used();
        var encoded = 0L;
        var start = CPU.getCurrentThreadCpuTime();
        for (var number = 0; number < CLUSTERS; number++) {
            fleet.put(status(number), new Place(number % 24, number));
        }
        var filled = Duration.ofNanos(CPU.getCurrentThreadCpuTime() - start);
        for (var number = 0; number < 1_000; number++) {
            encoded += fleet.cluster("default/hpc-" + number).orElseThrow().encoded().length;
        }
        var held = (used() - before) / MEGABYTE;
        var some = fleet.cluster("default/hpc-99").orElseThrow().status().getResources().get(1).getCrn();
        var first = time(() -> fleet.page(Selection.ALL, Order.USUAL, Optional.empty(), 50));
        var sorted = time(
                () -> fleet.page(Selection.ALL, Order.named("-updated_at").orElseThrow(), Optional.empty(), 50));
        var byText = time(() -> fleet.page(text("hpc-99999"), Order.USUAL, Optional.empty(), 50));
        var byCrn = time(() -> fleet.page(text(some), Order.USUAL, Optional.empty(), 50));

        System.err.printf(
                "%,d clusters: %d MB held, %d bytes a status, filled in %d ms of CPU; a page %s, sorted %s, by text %s, by CRN %s%n",
                CLUSTERS, held, encoded / 1_000, filled.toMillis(), first, sorted, byText, byCrn);
        assertThat(fleet.page(text(some), Order.USUAL, Optional.empty(), 50).clusters()).hasSize(1);
        assertThat(held).isLessThan(600);
    }

    private static Selection text(String text) {
        return new Selection(
                Set.of(), Set.of(), Set.of(), Optional.empty(), Set.of(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), text);
    }

    /// The median of some, and the longest, after some to warm up.
    private static String time(Supplier<ClusterPage> page) {
        var millis = new double[40];
        for (var round = -20; round < millis.length; round++) {
            var start = CPU.getCurrentThreadCpuTime();
            assertThat(page.get().clusters()).isNotEmpty();
            if (round >= 0) {
                millis[round] = (CPU.getCurrentThreadCpuTime() - start) / 1e6;
            }
        }
        Arrays.sort(millis);
        return String.format("%.1f ms (longest %.1f)", millis[millis.length / 2], millis[millis.length - 1]);
    }

    private static long used() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /// As full as that of a cluster with a new instance and key.
    private static ClusterEncryptionStatus status(int number) {
        var prefix = "hpc-" + number;
        var instance = UUID.nameUUIDFromBytes(("i" + number).getBytes()).toString();
        var key = UUID.nameUUIDFromBytes(("k" + number).getBytes()).toString();
        var crn = "crn:v1:bluemix:public:kms:us-south:a/0123456789abcdef0123456789abcdef:" + instance + ":";
        var resources = new ArrayList<ResourceStatus>();
        resources.add(resource(ResourceKind.KMS_INSTANCE, StepName.KMS_INSTANCE, instance, crn + ":", prefix + "-kms"));
        resources.add(resource(ResourceKind.ROOT_KEY, StepName.ROOT_KEY, key, crn + "key:" + key, prefix + "-key"));
        var storage = new ArrayList<StorageStatus>();
        var steps = new ArrayList<StepStatus>();
        for (var step : List.of(
                StepName.BLOCK_STORAGE_AUTHORIZATION, StepName.FILE_STORAGE_AUTHORIZATION,
                StepName.OBJECT_STORAGE_AUTHORIZATION)) {
            var policy = UUID.nameUUIDFromBytes((step.name() + number).getBytes()).toString();
            resources.add(
                    resource(
                            ResourceKind.AUTHORIZATION_POLICY, step, policy, "",
                            "kf-demo-abcdefghijklmnopqrstuvwxyz-1-authorization-1"));
            storage.add(
                    StorageStatus.newBuilder()
                            .setStorageService(StorageService.valueOf(step.name().replace("_AUTHORIZATION", "")))
                            .setEncryption(Standing.CUSTOMER_MANAGED).setRootKeyCrn(crn + "key:" + key)
                            .setRootKeyName(prefix + "-key").setRootKeyOwnership(Ownership.CREATED)
                            .setAuthorizationId(policy).setAuthorizationOwnership(Ownership.CREATED)
                            .setAuthorizedSince(Statuses.NOON)
                            .setAuthorizationScope("every resource of the service in the account").build());
            steps.add(
                    StepStatus.newBuilder().setStep(step).setState("CREATED").setAttempts(1)
                            .setNext("It is there and in use.").build());
        }
        return Statuses.completed(prefix).setResources(resources).setStorage(storage).setSteps(steps)
                .setUpdatedAt(Statuses.NOON.plusSeconds(number % 977)).build();
    }

    private static ResourceStatus resource(ResourceKind kind, StepName step, String id, String crn, String name) {
        return ResourceStatus.newBuilder().setKind(kind).setStep(step).setOwnership(Ownership.CREATED).setId(id)
                .setCrn(crn).setName(name).setRun(1).setSince(Statuses.NOON).build();
    }
}
