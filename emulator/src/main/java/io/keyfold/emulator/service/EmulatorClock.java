package io.keyfold.emulator.service;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/// The time by which the emulated services live: the machine's, plus what a test has added.
public final class EmulatorClock implements InstantSource {

    private final InstantSource machine;
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

    public EmulatorClock(InstantSource machine) {
        this.machine = machine;
    }

    @Override
    public Instant instant() {
        return machine.instant().plus(ahead.get());
    }

    /// Moves the emulated services' time; negative to move it back.
    public void advance(Duration by) {
        ahead.accumulateAndGet(by, Duration::plus);
    }

    public Duration ahead() {
        return ahead.get();
    }

    void reset() {
        ahead.set(Duration.ZERO);
    }
}
