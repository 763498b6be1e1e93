package io.keyfold.emulator.service;

import java.time.Duration;
import java.util.Optional;

/// What a fault changes in an effect that otherwise happens.
///
/// @param provisioning how long the created instance stays `provisioning`
/// @param provisioningFails it then ends as `failed`, not `active`
/// @param invisible how long the created thing cannot be read
/// @param stale how old a list is
public record Twist(Optional<Duration> provisioning, boolean provisioningFails, Optional<Duration> invisible,
        Optional<Duration> stale) {

    public static final Twist NONE = new Twist(Optional.empty(), false, Optional.empty(), Optional.empty());

    /// Longer than any test or demo lives.
    public static final Duration FOR_EVER = Duration.ofDays(36_500);

    public static Twist provisioning(Duration time, boolean fails) {
        return new Twist(Optional.of(time), fails, Optional.empty(), Optional.empty());
    }

    public static Twist invisible(Duration time) {
        return new Twist(Optional.empty(), false, Optional.of(time), Optional.empty());
    }

    public static Twist stale(Duration age) {
        return new Twist(Optional.empty(), false, Optional.empty(), Optional.of(age));
    }
}
