package io.keyfold.cli.bench;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// All that was measured in one run.
///
/// @param latency          what the emulator adds to each call where it adds anything
/// @param saturated        many workflows at a time, no latency
/// @param saturatedSlow    the same with latency
/// @param paced            some workflows a second, with latency; to the last of them
/// @param pacedTimes       how long each took
/// @param oneByOne         how long each took, one after the other, no latency
/// @param threeStreamsHops what three hops of Kafka Streams take, one after the other: as many a workflow has
/// @param fold             what the decisions take by themselves
/// @param starts           milliseconds from a command's start to its end, by command
record Figures(
        long seed,
        Duration latency,
        double pace,
        Stretch saturated,
        Optional<Stretch> saturatedSlow,
        Stretch paced,
        Spread pacedTimes,
        Optional<Spread> oneByOne,
        Spread rawHop,
        Spread streamsHop,
        Spread threeStreamsHops,
        HttpFloor http,
        FoldFloor fold,
        Optional<Restore> restore,
        Map<String, Double> starts) {

    /// What a workflow's calls take that come one after the other.
    double criticalPathMs() {
        return paced.calls().onCriticalPath(paced.workflows()) * latency.toMillis();
    }

    /// Above what the calls take that come one after the other.
    double addedMs(double percent) {
        return Math.max(0, pacedTimes.atPercent(percent) - criticalPathMs());
    }

    /// Workflows a second if a workflow were its calls and nothing else.
    double floorOfWorkflowsPerSecond() {
        return http.perSecond() / paced.callsPerWorkflow();
    }

    /// What a workflow's calls alone cost.
    double floorOfCpuMs() {
        return http.cpuMs() * paced.callsPerWorkflow();
    }
}
