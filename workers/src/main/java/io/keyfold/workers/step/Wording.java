package io.keyfold.workers.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Faults in an operator's words: what happened, to which cluster and step; why, in the owner's words; what to mend.
///
/// What happens next is not a worker's to say: only the workflow knows what becomes of the step or the deletion.
public final class Wording {
    /// The text is partly others': it is kept to one line of at most this many characters.
    private static final int LONGEST_MESSAGE = 4000;

    private Wording() {}

    /// A call to IBM Cloud that failed.
    public static FaultReport of(Command command, Fault fault) {
        IbmAnswer answer = fault.answer();
        String happened = answer.call() + " " + verb(fault) + " (" + String.join(", ", marks(fault)) + ").";
        return report(command, fault.code(), happened, sentence(answer.message()), Optional.of(answer));
    }

    /// Something that we found out ourselves.
    ///
    /// @param happened a sentence
    /// @param why      a sentence
    public static FaultReport of(Command command, FaultCode code, String happened, String why) {
        return report(command, code, happened, why, Optional.empty());
    }

    /// The same fault of IBM's, with more about the why.
    public static FaultReport of(Command command, Fault fault, String why) {
        IbmAnswer answer = fault.answer();
        String happened = answer.call() + " " + verb(fault) + " (" + String.join(", ", marks(fault)) + ").";
        return report(command, fault.code(), happened, why, Optional.of(answer));
    }

    /// A fault that keeps a worker kind from all work.
    ///
    /// @param worker as the command line names it
    public static FaultReport ofWorker(String worker, Fault fault) {
        String next = fault.code() == FaultCode.CREDENTIALS_REJECTED
                ? "Make its API key valid again, or put a valid one into the file that it reads it from: it then goes on by"
                        + " itself. One that it got as a setting takes a restart."
                : "It goes on by itself as soon as the API answers.";
        String message = worker + " worker: " + waitingFor(fault) + " " + next;
        return new FaultReport(
                fault.code(), IbmAnswer.oneLine(message, LONGEST_MESSAGE), Optional.of(fault.answer()), false);
    }

    /// What is waited out, in one clause.
    public static String waitingFor(Fault fault) {
        return fault.answer().call() + " " + verb(fault) + " (" + String.join(", ", marks(fault)) + "): "
                + sentence(fault.answer().message());
    }

    private static FaultReport report(
            Command command, FaultCode code, String happened, String why, Optional<IbmAnswer> answer) {
        String message = command.cluster() + ", " + command.step().words() + ": " + happened + " " + why + " "
                + mend(command, code);
        return new FaultReport(code, IbmAnswer.oneLine(message, LONGEST_MESSAGE), answer, false);
    }

    private static String verb(Fault fault) {
        return switch (fault) {
            case Fault.Transient _ -> "does not work at the moment";
            case Fault.Permanent _ -> "was refused";
            case Fault.UnknownOutcome _ -> "was not answered for certain";
        };
    }

    private static List<String> marks(Fault fault) {
        IbmAnswer answer = fault.answer();
        List<String> marks = new ArrayList<>();
        marks.add(fault.code().name());
        answer.httpStatus().ifPresent(status -> marks.add("HTTP " + status));
        answer.code().ifPresent(marks::add);
        answer.transactionId().ifPresent(id -> marks.add("transaction " + id));
        return marks;
    }

    private static String sentence(String text) {
        if (text.isEmpty()) {
            return "No reason was given.";
        }
        return text.matches(".*[.!?…]") ? text : text + ".";
    }

    /// What to mend, in a sentence.
    private static String mend(Command command, FaultCode code) {
        return switch (code) {
            case TRANSIENT, RATE_LIMITED, UNAVAILABLE, UNKNOWN_OUTCOME -> "There is nothing to mend.";
            case BEING_REMOVED -> "Wait until it is gone, or name another one.";
            case CREDENTIALS_REJECTED ->
                "Put a valid API key into the worker's file, which it reads by itself, or into its setting, and restart it.";
            case FORBIDDEN -> "Give the worker's service ID the role that this needs.";
            case NOT_FOUND -> "Check the name and the account, and that the worker's service ID may see it.";
            case AMBIGUOUS_NAME -> "Rename or remove all but one of them.";
            case NAME_TAKEN -> switch (command.step()) {
                case BLOCK_STORAGE_AUTHORIZATION, FILE_STORAGE_AUTHORIZATION, OBJECT_STORAGE_AUTHORIZATION ->
                    "Give it that role, remove it, or set this authorization's skip flag to rely on it.";
                default -> "Rename or remove it, or name it in the request to have it used.";
            };
            case INVALID -> "Correct what was asked for.";
            case QUOTA_EXCEEDED -> "Remove what is no longer needed, or have IBM raise the limit.";
            case KEY_IN_USE, REGISTRATIONS_REMAIN -> "Remove what still needs it.";
            case KEYS_REMAIN -> "Remove the keys that are left in it.";
            case KEY_LOST ->
                "Keyfold never puts another in its place by itself: see what it protected with: keyfold status "
                        + command.cluster();
            case SECOND_AUTHORIZATION_NEEDED -> "Have another identity than the worker's service ID delete it.";
            case KEY_NOT_USABLE -> command.action() == Action.REPAIR
                    ? "What it protects can only be moved to another key: name one in a new deploy of "
                            + command.cluster()
                    : "Enable the key, or name another one.";
            case NEVER_READY -> "Look at it in IBM Cloud's console, or ask IBM's support.";
            case KEY_MATERIAL_UNUSABLE -> "Put the material where the reference points, or correct the reference.";
            case PROTOCOL -> "Check that the endpoint's address is right.";
            case NOT_OURS -> "Nothing: it stays.";
            case CONFLICT, UNKNOWN -> "Look at it in IBM Cloud's console.";
        };
    }
}
