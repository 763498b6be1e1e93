package io.keyfold.emulator.service;

import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// What all emulated services stand on: time, ids, behaviour, and one lock.
///
/// One lock for all state keeps every effect and its place in the log atomic, also across services (an instance with
/// keys is not deleted). Handlers only touch memory, so it is held for microseconds.
public final class Cloud {

    private final EmulatorClock clock;
    private final Ids ids;
    private final Ids traces;
    private volatile Behaviour behaviour;
    private final Behaviour atStart;
    private final ReentrantLock lock = new ReentrantLock();

    public Cloud(EmulatorClock clock, long seed, Behaviour behaviour) {
        this.clock = clock;
        this.ids = new Ids(seed);
        this.traces = new Ids(~seed);
        this.atStart = behaviour;
        this.behaviour = behaviour;
    }

    public EmulatorClock clock() {
        return clock;
    }

    public Instant now() {
        return clock.instant();
    }

    /// Ids of things: they depend on the order of the creates only.
    public Ids ids() {
        return ids;
    }

    /// Transaction and correlation ids, of which every call draws some.
    public Ids traces() {
        return traces;
    }

    public Behaviour behaviour() {
        return behaviour;
    }

    public void behave(Behaviour changed) {
        behaviour = changed;
    }

    public void reset() {
        behaviour = atStart;
        clock.reset();
    }

    public <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
