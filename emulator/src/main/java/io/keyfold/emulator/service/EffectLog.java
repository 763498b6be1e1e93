package io.keyfold.emulator.service;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongFunction;

/// The mutating calls in the order in which they took effect, numbered from 1.
public final class EffectLog {

    /// Enough for hours of load; then the oldest go.
    private static final int MOST_KEPT = 200_000;

    private final TreeMap<Long, Effect> effects = new TreeMap<>();
    private long last;

    public synchronized Effect add(LongFunction<Effect> withNumber) {
        Effect effect = withNumber.apply(++last);
        effects.put(last, effect);
        if (effects.size() > MOST_KEPT) {
            effects.pollFirstEntry();
        }
        return effect;
    }

    public synchronized void delivered(long number, boolean whole) {
        effects.computeIfPresent(number, (_, effect) -> effect.delivered(whole));
    }

    /// Those with a number from this one on.
    public synchronized List<Effect> from(long number) {
        return new ArrayList<>(effects.tailMap(number, true).values());
    }

    public List<Effect> all() {
        return from(1);
    }

    public synchronized long lastNumber() {
        return last;
    }

    public synchronized void clear() {
        effects.clear();
    }
}
