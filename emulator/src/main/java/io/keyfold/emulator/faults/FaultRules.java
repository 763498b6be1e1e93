package io.keyfold.emulator.faults;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.keyfold.emulator.service.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// The rules in force, in the order in which they were added, and how often each has matched and struck.
///
/// For one call all latencies add up, and of the other faults the first that strikes wins.
public final class FaultRules {

    private static final class InForce {
        private final FaultRule rule;
        private long matched;
        private long struck;

        private InForce(FaultRule rule) {
            this.rule = rule;
        }
    }

    private final long seed;
    private final List<InForce> rules = new ArrayList<>();

    public FaultRules(long seed) {
        this.seed = seed;
    }

    /// Adds a rule, in place of the one with its name if there is one.
    public synchronized void add(FaultRule rule) {
        remove(rule.name());
        rules.add(new InForce(rule));
    }

    public synchronized boolean remove(String name) {
        return rules.removeIf(inForce -> inForce.rule.name().equals(name));
    }

    public synchronized void clear() {
        rules.clear();
    }

    public synchronized long struck(String name) {
        return rules.stream().filter(inForce -> inForce.rule.name().equals(name)).mapToLong(inForce -> inForce.struck)
                .sum();
    }

    public synchronized ArrayNode json() {
        return Json.array(rules, inForce -> inForce.rule.json(inForce.matched, inForce.struck));
    }

    /// Decides for one call; counts it.
    public synchronized FaultPlan plan(FaultTarget target) {
        if (rules.isEmpty()) {
            return FaultPlan.NOTHING;
        }
        Duration before = Duration.ZERO;
        Duration after = Duration.ZERO;
        Optional<Fault> fault = Optional.empty();
        List<String> names = new ArrayList<>();
        for (InForce inForce : rules) {
            if (!inForce.rule.matches(target)) {
                continue;
            }
            RandomGenerator random = randomFor(inForce.rule.name(), ++inForce.matched);
            boolean isLatency = inForce.rule.fault() instanceof Fault.Latency;
            boolean another = !isLatency && fault.isPresent();
            if (another || !inForce.rule.strikes(inForce.matched, inForce.struck, random)) {
                continue;
            }
            inForce.struck++;
            names.add(inForce.rule.name());
            if (inForce.rule.fault() instanceof Fault.Latency(var distribution, var isAfter)) {
                Duration time = distribution.draw(random);
                before = isAfter ? before : before.plus(time);
                after = isAfter ? after.plus(time) : after;
            } else {
                fault = Optional.of(inForce.rule.fault());
            }
        }
        return names.isEmpty() ? FaultPlan.NOTHING : new FaultPlan(before, after, fault, String.join(",", names));
    }

    /// The n-th matching call of a rule always meets the same chance, however calls are interleaved.
    private RandomGenerator randomFor(String rule, long matching) {
        var random = new SplittableRandom(seed ^ ((long) rule.hashCode() << 32) ^ (matching * 0x9E3779B97F4A7C15L));
        random.nextLong();
        return random;
    }
}
