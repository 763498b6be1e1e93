package io.keyfold.cli.bench;

import java.time.Duration;

/// How much is measured, and for how long.
///
/// @param warmUp     load before the first figure counts, for the compilers
/// @param saturated  how long throughput is measured at each latency
/// @param inFlight   so many workflows are under way at a time where throughput is measured
/// @param paced      how many workflows are asked for at a steady pace
/// @param oneByOne   how many are asked for one after the other; 0 leaves that out
/// @param hops       how many records each hop is measured with
/// @param http       how long calls are made for the floor of HTTP, after as long a warm-up
/// @param slowToo    whether throughput is measured at the emulated latency too
/// @param fold       how long decisions are made with nothing around them, after as long a warm-up
/// @param starts     how often each short command is started; 0 leaves that out
/// @param restore    whether the workflow is started with no state of its own
public record Effort(
        Duration warmUp, Duration saturated, int inFlight, int paced, int oneByOne, int hops, Duration http,
        boolean slowToo, Duration fold, int starts, boolean restore) {

    /// Under a minute, the start of all processes included.
    public static Effort quick() {
        return new Effort(Duration.ofSeconds(12), Duration.ofSeconds(6), 400, 120, 0, 200, Duration.ofMillis(1500),
                false, Duration.ofMillis(1000), 0, false);
    }

    /// About five minutes; on a small machine the compilers are busy for two of them.
    public static Effort full() {
        return new Effort(Duration.ofSeconds(120), Duration.ofSeconds(20), 400, 600, 400, 1000,
                Duration.ofSeconds(4), true, Duration.ofSeconds(5), 7, true);
    }

    /// The same, but for how long it warms up and how much is under way.
    public Effort with(Duration otherWarmUp, int otherInFlight) {
        return new Effort(otherWarmUp, saturated, otherInFlight, paced, oneByOne, hops, http, slowToo, fold, starts,
                restore);
    }
}
