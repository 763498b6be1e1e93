package io.keyfold.workers.step;

import java.util.Optional;

/// What went wrong, as the answer tells it.
///
/// @param message        what happened, to which cluster and step; why; what to do next
/// @param answer         what IBM Cloud said, where it said something
/// @param outcomeUnknown something of this run may exist all the same: look before taking it for not created
public record FaultReport(FaultCode code, String message, Optional<IbmAnswer> answer, boolean outcomeUnknown) {
    FaultReport orSomethingMayExist(boolean mayExist) {
        return new FaultReport(code, message, answer, outcomeUnknown || mayExist);
    }
}
