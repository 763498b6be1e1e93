package io.keyfold.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.function.Supplier;

/// Whether this gateway lives, and whether it knows enough to be asked.
final class Health {
    /// @param isAlive whether what reads the topics still runs
    /// @param isReady whether the fleet is known
    record State(boolean isAlive, boolean isReady, long clusters, long unreadable, boolean historyIsComplete) {}

    private final Supplier<State> state;

    Health(Supplier<State> state) {
        this.state = state;
    }

    void live(ServerRequest request, ServerResponse response) {
        answer(response, state.get(), state.get().isAlive());
    }

    void ready(ServerRequest request, ServerResponse response) {
        var now = state.get();
        answer(response, now, now.isAlive() && now.isReady());
    }

    boolean isReady() {
        return state.get().isReady();
    }

    private static void answer(ServerResponse response, State state, boolean isGood) {
        var body = JsonNodeFactory.instance.objectNode()
                .put("alive", state.isAlive())
                .put("ready", state.isReady())
                .put("clusters", state.clusters())
                .put("unreadable_statuses", state.unreadable())
                .put("history_complete", state.historyIsComplete());
        Answers.json(response, isGood ? 200 : 503, body);
    }
}
