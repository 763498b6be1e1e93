package io.keyfold.workers.step;

import java.util.Optional;
import java.util.OptionalInt;

/// What IBM Cloud said to a call, in its own words, for the event and the operator.
///
/// The text is untrusted: it is kept to one line of at most [#LONGEST_MESSAGE] characters.
///
/// @param call          which call it was, in words: "Key Protect: create root key"
/// @param httpStatus    empty where no answer came at all
/// @param code          IBM's own code, such as `KEY_ALIAS_NOT_UNIQUE_ERR`
/// @param message       IBM's own message, or what the connection said
/// @param transactionId what IBM's support asks for
public record IbmAnswer(
        String call,
        OptionalInt httpStatus,
        Optional<String> code,
        String message,
        Optional<String> transactionId) {
    public static final int LONGEST_MESSAGE = 1000;

    public IbmAnswer {
        message = oneLine(message, LONGEST_MESSAGE);
        code = code.map(text -> oneLine(text, 100));
        transactionId = transactionId.map(text -> oneLine(text, 200));
    }

    /// An answer that is our own finding: nothing came from IBM.
    public static IbmAnswer ofOurs(String call, String message) {
        return new IbmAnswer(call, OptionalInt.empty(), Optional.empty(), message, Optional.empty());
    }

    /// "Key Protect: delete root key: HTTP 409 PROTECTED_RESOURCE_ERR: The key … (transaction 7f3a…)"
    @Override
    public String toString() {
        var text = new StringBuilder(call).append(':');
        httpStatus.ifPresent(status -> text.append(" HTTP ").append(status));
        code.ifPresent(word -> text.append(' ').append(word));
        if (httpStatus.isPresent() || code.isPresent()) {
            text.append(':');
        }
        text.append(' ').append(message);
        transactionId.ifPresent(id -> text.append(" (transaction ").append(id).append(')'));
        return text.toString();
    }

    static String oneLine(String text, int longest) {
        var line = text.replaceAll("[\\p{Cntrl}\\p{Cf}\\s]+", " ").strip();
        return line.length() <= longest ? line : line.substring(0, longest - 1) + "…";
    }
}
