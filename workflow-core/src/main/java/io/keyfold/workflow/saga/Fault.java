package io.keyfold.workflow.saga;

/// What went wrong, in our words and in IBM's.
///
/// @param message        what happened, to which cluster and step; why; what to do next
/// @param ibmCode        IBM's own code, empty if none; likewise `ibmMessage` and `transactionId`
/// @param httpStatus     status of IBM's answer, 0 if there was none
/// @param outcomeUnknown true if the call may have had its effect all the same
public record Fault(
        FaultCode code,
        String message,
        String ibmCode,
        String ibmMessage,
        String transactionId,
        int httpStatus,
        boolean outcomeUnknown) {

    /// The same fault, of a call that made nothing in any case.
    Fault outcomeKnown() {
        return new Fault(code, message, ibmCode, ibmMessage, transactionId, httpStatus, false);
    }

    /// The same fault, with more to know.
    Fault adding(String words) {
        return new Fault(code, message + (message.endsWith(".") ? " " : ". ") + words, ibmCode, ibmMessage,
                transactionId, httpStatus, outcomeUnknown);
    }

    /// A fault that the saga itself found.
    public static Fault ours(FaultCode code, String message) {
        return new Fault(code, message, "", "", "", 0, false);
    }
}
