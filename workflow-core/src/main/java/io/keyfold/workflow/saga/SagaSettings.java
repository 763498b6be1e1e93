package io.keyfold.workflow.saga;

import java.time.Duration;

/// What the folds need to know beside state and event.
///
/// @param installation    names this Keyfold installation in every mark: 1 to 12 of a-z and 0-9
/// @param runTime         a run's time to its deadline where the request names none
/// @param secondLookAfter "nothing found" counts only after a second look this much later
/// @param askAgainAfter   an expired command is sent again after this
/// @param commandValidity a command other than PROVISION is not acted on after this
/// @param twoPersonRemoval a deprovision of customer-managed encryption needs somebody else's agreement
/// @param verifyInterval   how often what is in force is looked at; zero for never by itself
public record SagaSettings(
        String installation,
        Duration runTime,
        Duration secondLookAfter,
        Duration askAgainAfter,
        Duration commandValidity,
        boolean twoPersonRemoval,
        Duration verifyInterval) {

    /// The same, with this schedule.
    public SagaSettings verifyingEvery(Duration interval) {
        return new SagaSettings(
                installation, runTime, secondLookAfter, askAgainAfter, commandValidity, twoPersonRemoval, interval);
    }

    /// The architecture's values.
    public static SagaSettings of(String installation) {
        return new SagaSettings(
                installation,
                Duration.ofMinutes(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                Duration.ofMinutes(10),
                false,
                Duration.ZERO);
    }
}
