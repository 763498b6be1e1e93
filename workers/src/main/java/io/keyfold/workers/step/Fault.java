package io.keyfold.workers.step;

import java.time.Duration;
import java.util.Optional;

/// How a call to IBM Cloud failed, by what the caller has to do next.
public sealed interface Fault {
    FaultCode code();

    IbmAnswer answer();

    /// Nothing has happened; the same call may work later. Where a time is given, not before it.
    ///
    /// Rejected credentials are this kind too ([FaultCode#CREDENTIALS_REJECTED]): a person can put them right, and until
    /// then no cluster has failed.
    record Transient(FaultCode code, IbmAnswer answer, Optional<Duration> retryAfter) implements Fault {}

    /// Nothing has happened, and the same call will not work however often it is sent.
    record Permanent(FaultCode code, IbmAnswer answer) implements Fault {}

    /// A create or a delete that may or may not have taken effect: look before you act again.
    record UnknownOutcome(FaultCode code, IbmAnswer answer) implements Fault {
        public UnknownOutcome(IbmAnswer answer) {
            this(FaultCode.UNKNOWN_OUTCOME, answer);
        }
    }
}
