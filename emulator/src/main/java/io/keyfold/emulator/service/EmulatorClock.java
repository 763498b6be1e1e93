package io.keyfold.emulator.service;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// The time by which the emulated services live: the machine's, plus what a test has added.
public final class EmulatorClock implements InstantSource {

    private final InstantSource machine;
    private volatile Duration ahead = Duration.ZERO;

    public EmulatorClock(InstantSource machine) {
        this.machine = machine;
    }

    @Override
    public Instant instant() {
        return machine.instant().plus(ahead);
    }

    /// Moves the emulated services' time; negative to move it back.
    public synchronized void advance(Duration by) {
        ahead = ahead.plus(by);
    }

    public Duration ahead() {
        return ahead;
    }

    synchronized void reset() {
        ahead = Duration.ZERO;
    }
}
