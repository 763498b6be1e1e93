package io.keyfold.gateway.http;

import java.util.Optional;

/// The routes as they are served, with nothing behind them.
final class Served {
    private Served() {}

    @SuppressWarnings("NullAway") // nobody asks them
    static Routes routes() {
        return Routes.of(
                new FleetEndpoints(null),
                new HistoryEndpoint(null, null),
                new RequestEndpoints(null, null, null, null, 0),
                new EventStream(null, null, 0, EventStream.LONGEST_WRITE),
                new PageFiles(),
                new Health(() -> null));
    }

    /// The page is for people, not for programs: it is not described.
    static boolean isPage(Routes.Route route) {
        return route.role().equals(Optional.empty()) && (route.path().equals("/") || route.path().startsWith("/{"));
    }
}
