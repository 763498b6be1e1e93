package io.keyfold.monitoring.traces;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.ImplicitContextKeyed;
import java.util.HashMap;
import java.util.Map;

/// How often the same was tried as a part of one span, by the one thread that lives through it.
public final class Tries implements ImplicitContextKeyed {
    private static final ContextKey<Tries> KEY = ContextKey.named("keyfold-tries");

    private final Map<String, Long> counts = new HashMap<>();

    /// The number of this try, from 1 on; 1 also where nobody counts.
    public static long next(String what) {
        var tries = Context.current().get(KEY);
        return tries == null ? 1 : tries.counts.merge(what, 1L, Long::sum);
    }

    @Override
    public Context storeInContext(Context context) {
        return context.with(KEY, this);
    }
}
