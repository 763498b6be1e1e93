package io.keyfold.monitoring;

/// What a process can say of itself at any moment. Asked by several threads; answers within seconds.
public interface Vitals {
    /// Whether its threads turn. One that only waits for others lives: starting it again would mend nothing.
    Health live();

    /// Whether it does now what it is there for.
    Health ready();
}
