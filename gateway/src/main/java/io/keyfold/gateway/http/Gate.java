package io.keyfold.gateway.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.keyfold.gateway.access.Caller;
import io.keyfold.gateway.access.Callers;
import io.keyfold.gateway.access.Role;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/// Lets a request in: by the name that it calls this gateway, by the site that it comes from, by who sends it.
///
/// @param hosts by which names this gateway is called, in lower case, without a port; empty: by any
record Gate(Callers callers, Set<String> hosts) {
    /// Where nobody has to show who they are, a page of any site could call us through its visitor's browser: under a name of
    /// its own that it lets resolve to this machine (DNS rebinding). It cannot do that under these.
    static final Set<String> OF_THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
    private static final Set<String> OUR_OWN = Set.of("same-origin", "none");
    private static final String BEARER = "bearer ";

    Gate {
        hosts = Set.copyOf(hosts);
    }

    /// @throws Problem.Thrown if it calls us by a name that is not ours
    void requireOurName(ServerRequest request) {
        if (!hosts.isEmpty() && !hosts.contains(name(request.authority()))) {
            throw Problem.of(
                    421,
                    "OTHER_HOST",
                    "This is not the host that the request is for",
                    "The request calls this gateway " + Parameters.shown(request.authority()) + ", which it is not.",
                    "Call it by one of: " + String.join(", ", hosts.stream().sorted().toList())
                            + "; or name this one in gateway.allowed.hosts.")
                    .thrown();
        }
    }

    /// @throws Problem.Thrown if a browser says that another site's page sends it
    void requireOurPage(ServerRequest request) {
        var site = request.headers().first(FETCH_SITE).map(it -> it.toLowerCase(Locale.ROOT));
        var origin = request.headers().first(HeaderNames.ORIGIN);
        var isOthers = site.filter(it -> !OUR_OWN.contains(it)).isPresent()
                || !request.prologue().method().equals(Method.GET)
                        && origin
                                .filter(it -> !it.substring(it.indexOf("//") + 2).equalsIgnoreCase(request.authority()))
                                .isPresent();
        if (isOthers) {
            throw Problem.of(
                    403,
                    "OTHER_SITE",
                    "Another site's page may not do this",
                    "The browser says that the request comes from a page of another site.",
                    "Use this gateway's own page, or call the API from a program.").thrown();
        }
    }

    /// @throws Problem.Thrown if nobody knows who calls, or it may not
    Caller require(Role role, ServerRequest request) {
        var caller = callers.caller(token(request), subject(request)).orElseThrow(
                () -> Problem.of(
                        401,
                        "UNKNOWN_CALLER",
                        "Nobody knows who calls",
                        "The request shows no token and no certificate that this gateway knows.",
                        "Send Authorization: Bearer TOKEN, or a certificate whose subject is listed.").thrown());
        if (!caller.role().includes(role)) {
            throw Problem.of(
                    403,
                    "NOT_ALLOWED",
                    "The caller may not do this",
                    caller.name() + " has the role " + caller.role().word() + "; this takes " + role.word() + ".",
                    "Ask somebody who may, or have the role changed in the file that lists the callers.").thrown();
        }
        return caller;
    }

    private static Optional<String> token(ServerRequest request) {
        return request.headers().first(HeaderNames.AUTHORIZATION).map(
                header -> header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                        ? header.substring(BEARER.length()).strip()
                        : ""); // shown, and known to nobody
    }

    private static Optional<X500Principal> subject(ServerRequest request) {
        return request.remotePeer().tlsCertificates()
                .filter(chain -> chain.length > 0 && chain[0] instanceof X509Certificate)
                .map(chain -> ((X509Certificate) chain[0]).getSubjectX500Principal());
    }

    private static String name(String authority) {
        var colon = authority.lastIndexOf(':');
        var hasPort = colon > authority.lastIndexOf(']') && colon >= 0;
        return (hasPort ? authority.substring(0, colon) : authority).toLowerCase(Locale.ROOT);
    }
}
