package io.keyfold.emulator.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/// How often each operation was called, how it was answered, and how many calls are being answered right now.
public final class CallCounts {

    private static final class Count {
        private long calls;
        private long faults;
        private long underWay;
        private final Map<Integer, Long> byStatus = new TreeMap<>();
    }

    private final Map<String, Count> counts = new TreeMap<>();

    public synchronized void begun(String operation) {
        Count count = counts.computeIfAbsent(operation, _ -> new Count());
        count.calls++;
        count.underWay++;
    }

    public synchronized void answered(String operation, int status, boolean byFault) {
        Count count = counts.computeIfAbsent(operation, _ -> new Count());
        count.underWay--;
        count.byStatus.merge(status, 1L, Long::sum);
        if (byFault) {
            count.faults++;
        }
    }

    public synchronized long calls(String operation) {
        Count count = counts.get(operation);
        return count == null ? 0 : count.calls;
    }

    public synchronized ObjectNode json() {
        ObjectNode all = Json.object();
        counts.forEach((operation, count) -> {
            ObjectNode one = all.putObject(operation).put("calls", count.calls).put("faults", count.faults)
                    .put("under_way", count.underWay);
            ObjectNode statuses = one.putObject("by_status");
            count.byStatus.forEach((status, times) -> statuses.put(Integer.toString(status), times));
        });
        return all;
    }

    public synchronized void clear() {
        counts.values().removeIf(count -> count.underWay == 0);
        counts.values().forEach(count -> {
            count.calls = count.underWay;
            count.faults = 0;
            count.byStatus.clear();
        });
    }
}
