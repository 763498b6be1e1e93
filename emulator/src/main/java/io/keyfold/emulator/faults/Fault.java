package io.keyfold.emulator.faults;

import io.keyfold.emulator.service.Twist;
import java.util.Map;
import java.util.Optional;

/// What goes wrong with a call. *After* means: the service has done what it was asked, only the answer suffers.
public sealed interface Fault {

    /// The call or its answer is late. Adds to other faults.
    record Latency(LatencyDistribution distribution, boolean after) implements Fault {}

    /// Another answer than the service's.
    ///
    /// @param body or else the service's own error body for the status
    /// @param retryAfter the header's text; `date:5` for the HTTP date five seconds from then
    record Answer(int status, Optional<String> body, String contentType, Map<String, String> headers,
            Optional<String> retryAfter, boolean after) implements Fault {}

    /// A TCP RST.
    record Reset(boolean after) implements Fault {}

    /// No answer until the client gives up.
    record Hang(boolean after) implements Fault {}

    /// The right head, then this part of the body, then the end of the connection.
    record Truncated(double part) implements Fault {}

    /// The right status with a body that is no use.
    record Spoilt(Spoil how) implements Fault {}

    /// A body drop by drop.
    record Trickle(int bytesPerSecond) implements Fault {}

    /// The effect itself is different: stuck provisioning, delayed visibility, stale list.
    record Twisted(Twist twist) implements Fault {}

    /// Refused before the effect, in the service's own words.
    record Refused(Refusing how) implements Fault {}

    /// Sent elsewhere, before the effect.
    record Redirect(int status, String location) implements Fault {}

    enum Spoil {
        MALFORMED, EMPTY, HTML
    }

    enum Refusing {
        QUOTA, FORBIDDEN, UNAUTHORIZED
    }
}
