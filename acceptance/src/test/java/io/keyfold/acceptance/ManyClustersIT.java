package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.keyfold.contract.RunState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Many clusters through one set of processes: whatever they took they give back. `-Pthorough` takes a thousand,
/// `-Dkeyfold.clusters=N` N.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ManyClustersIT {
    private static final int CLUSTERS = Integer.getInteger("keyfold.clusters", Chaos.IS_LONG ? 1000 : 200);
    private static final Duration ALL_WITHIN = Duration.ofMinutes(5);
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    private final Site site = Site.shared();

    @Test
    @Tag("case-24")
    void threads_connections_and_heap_return_to_where_they_were() {
        run("warm", 100); // classes, caches and pools come first
        Map<String, Use> before = use();
        int connections = site.cloud().openConnections();

        run("many", CLUSTERS);

        await("threads").atMost(Site.SOON).untilAsserted(
                () -> use().forEach(
                        (part, now) -> assertThat(now.threads()).as("threads of %s, was %s", part, before.get(part))
                                .isLessThanOrEqualTo(before.get(part).threads() + 8)));
        use().forEach(
                (part, now) -> assertThat(now.heapKilobytes())
                        .as("heap of %s after collection, was %s", part, before.get(part))
                        .isLessThan(before.get(part).heapKilobytes() + 16 * 1024));
        await("connections").atMost(Duration.ofMinutes(6)).until(
                () -> site.cloud().openConnections(), open -> open <= connections + 8);
    }

    private void run(String name, int count) {
        List<String> clusters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clusters.add(site.deploy(Site.request(name + "-" + i)));
        }
        await(count + " completed runs").atMost(ALL_WITHIN).until(
                site::latest,
                latest -> clusters.stream().allMatch(cluster -> latest.containsKey(cluster)
                        && latest.get(cluster).getLastRun().getState() == RunState.COMPLETED));
    }

    private record Use(int threads, long heapKilobytes) {}

    private Map<String, Use> use() {
        Map<String, Use> use = new HashMap<>();
        use.put("workflow", use(site.workflow().pid()));
        Site.KINDS.forEach(kind -> use.put(kind, use(site.worker(kind).pid())));
        return use;
    }

    private static Use use(long pid) {
        Processes.jcmd(pid, "GC.run");
        var heap = USED.matcher(Processes.jcmd(pid, "GC.heap_info"));
        long used = 0;
        while (heap.find()) {
            used += Long.parseLong(heap.group(1));
        }
        int threads = (int) Processes.jcmd(pid, "Thread.print").lines().filter(line -> line.startsWith("\"")).count();
        return new Use(threads, used);
    }
}
