package io.keyfold.workflow.saga;

import java.time.Duration;

/// What the folds need to know beside state and event.
///
/// @param installation    names this Keyfold installation in every mark: 1 to 12 of a-z and 0-9
/// @param runTime         a run's time to its deadline where the request names none
/// @param secondLookAfter "nothing found" counts only after a second look this much later
/// @param askAgainAfter   an expired command is sent again after this
/// @param neededAgainAfter what something still needs is asked about again after this; each time after twice as long
/// @param commandValidity a command other than PROVISION is not acted on after this
/// @param twoPersonRemoval a deprovision of customer-managed encryption needs somebody else's agreement
/// @param verifyInterval   how often what is in force is looked at; zero for never by itself
public record SagaSettings(
        String installation,
        Duration runTime,
        Duration secondLookAfter,
        Duration askAgainAfter,
        Duration neededAgainAfter,
        Duration commandValidity,
        boolean twoPersonRemoval,
        Duration verifyInterval) {
    private static final long LONGEST_PAUSE = 24;
    private static final int QUICK_DELETES = 2;
    private static final Duration LONGEST_BETWEEN_DELETES = Duration.ofMinutes(10);

    /// The same, with this schedule.
    public SagaSettings verifyingEvery(Duration interval) {
        return new SagaSettings(
                installation, runTime, secondLookAfter, askAgainAfter, neededAgainAfter, commandValidity,
                twoPersonRemoval, interval);
    }

    /// When something that is still needed is asked about again: by the default after 1, 2, 4 … 24 hours.
    ///
    /// @param asked how often it was asked about before
    Duration neededAgainAfter(int asked) {
        return neededAgainAfter.multipliedBy(Math.min(1L << Math.min(asked, 5), LONGEST_PAUSE));
    }

    /// When a deletion that is put off is asked for again: at first as soon as the worker says, from the third time on after
    /// twice as long each time, in the end every 10 minutes. So what never lets go is not asked for ever so often.
    ///
    /// @param attempts how often it was asked for
    /// @param told     after what time the worker wants to be asked again
    static Duration deleteAgainAfter(int attempts, Duration told) {
        Duration longer = told.multipliedBy(1L << Math.clamp(attempts - QUICK_DELETES, 0, 10));
        return longer.compareTo(LONGEST_BETWEEN_DELETES) <= 0 ? longer
                : told.compareTo(LONGEST_BETWEEN_DELETES) > 0 ? told : LONGEST_BETWEEN_DELETES;
    }

    /// The architecture's values.
    public static SagaSettings of(String installation) {
        return new SagaSettings(
                installation,
                Duration.ofMinutes(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                Duration.ofMinutes(10),
                false,
                Duration.ZERO);
    }
}
