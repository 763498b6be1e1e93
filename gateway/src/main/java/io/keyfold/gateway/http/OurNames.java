package io.keyfold.gateway.http;

import io.keyfold.gateway.access.Callers;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// By which names a gateway may be called.
final class OurNames {
    private OurNames() {}

    /// Where callers show who they are and no name was set, any: a page that plays with names has no token to show.
    static Set<String> of(HttpServer.Listening listening, Callers callers) {
        if (callers.areListed() && listening.hosts().isEmpty()) {
            return Set.of();
        }
        var names = new HashSet<>(Gate.OF_THIS_MACHINE);
        var host = listening.host().toLowerCase(Locale.ROOT);
        names.add(host.contains(":") ? "[" + host + "]" : host);
        listening.hosts().forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
        return names;
    }
}
