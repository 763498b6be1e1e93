package io.keyfold.emulator.faults;

import io.keyfold.emulator.service.Twist;
import java.time.Duration;
import java.util.Optional;

/// What the rules together have decided for one call.
///
/// @param rules names of those that struck, separated by commas
public record FaultPlan(Duration before, Duration after, Optional<Fault> fault, String rules) {

    public static final FaultPlan NOTHING = new FaultPlan(Duration.ZERO, Duration.ZERO, Optional.empty(), "");

    public Twist twist() {
        return fault.filter(Fault.Twisted.class::isInstance).map(Fault.Twisted.class::cast).map(Fault.Twisted::twist)
                .orElse(Twist.NONE);
    }
}
