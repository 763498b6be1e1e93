package io.keyfold.gateway;

import io.keyfold.gateway.topic.StatusReader;
import io.keyfold.monitoring.Health;
import io.keyfold.monitoring.Vitals;

/// How a gateway is: the same as it answers itself at `/livez` and `/readyz`.
record GatewayVitals(StatusReader statuses) implements Vitals {
    @Override
    public Health live() {
        var isReading = !statuses.ended().isDone();
        return Health.of(
                new Health.Check("statuses", isReading, isReading ? "They are read." : "Reading them has ended."));
    }

    @Override
    public Health ready() {
        var isReady = !statuses.ended().isDone() && statuses.caughtUp().isDone();
        return Health.of(
                new Health.Check(
                        "statuses", isReady,
                        isReady ? "They have been read, and are followed." : "They have not been read to their end."));
    }
}
