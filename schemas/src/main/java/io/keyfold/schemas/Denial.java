package io.keyfold.schemas;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;

/// What Kafka says no to, in words: what was asked for and what to do. Never passes by itself.
///
/// Kafka's own messages name no password, and neither do these.
///
/// @param words  what Kafka refuses
/// @param remedy what to do about it
public record Denial(String words, String remedy) {
    private static final String GRANT =
            "See what this user's principal lacks: keyfold topics acls --verify. Kafka's administrator grants it:"
                    + " keyfold topics acls --apply";
    private static final String CREDENTIALS =
            "Check kafka.security.protocol and the kafka.sasl.… or kafka.ssl.… settings";
    private static final String CERTIFICATES =
            "Check the certificates on both sides, for whom, until when and by whom they are, and the kafka.ssl.… settings";
    private static final String CLOCK =
            "Set the clock of this machine right, or that of the brokers, and start it again";

    /// The denial behind a failure, if there is one.
    public static Optional<Denial> of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SslAuthenticationException) {
                return Optional.of(
                        new Denial("and this client come to no connection by TLS: " + reasons(cause), CERTIFICATES));
            }
            if (cause instanceof AuthenticationException) {
                return Optional.of(new Denial("refuses these credentials: " + cause.getMessage(), CREDENTIALS));
            }
            if (cause instanceof InvalidTimestampException) {
                return Optional.of(
                        new Denial(
                                "takes no record of a time so far from its own clock's: " + cause.getMessage(),
                                CLOCK));
            }
            if (cause instanceof AuthorizationException) {
                return Optional.of(new Denial("does not let this user " + use(cause), GRANT));
            }
        }
        return Optional.empty();
    }

    /// Of a handshake the last reason alone says what is wrong, such as a certificate's last day.
    private static String reasons(Throwable failure) {
        Set<String> reasons = new LinkedHashSet<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            reasons.removeIf(message::contains);
            if (reasons.stream().noneMatch(reason -> reason.contains(message))) {
                reasons.add(message);
            }
        }
        return String.join(": ", reasons);
    }

    /// A failure in words; with what Kafka refuses and what to do, if that is what is behind it.
    public static String explained(Throwable failure) {
        return of(failure).map(denial -> "Kafka " + denial.words + ". " + denial.remedy).orElseGet(failure::toString);
    }

    /// The same failure of a look-up, with the topic's name in it, which Kafka leaves out where it was asked for one topic.
    public static ExecutionException named(String topic, ExecutionException failure) {
        return failure.getCause() instanceof TopicAuthorizationException
                ? new ExecutionException(new TopicAuthorizationException(Set.of(topic)))
                : failure;
    }

    private static String use(Throwable denied) {
        if (denied instanceof TopicAuthorizationException topic && !topic.unauthorizedTopics().isEmpty()) {
            return "do this with topic " + String.join(", ", topic.unauthorizedTopics());
        }
        if (denied instanceof GroupAuthorizationException group && group.groupId() != null) {
            return "use the group " + group.groupId();
        }
        if (denied instanceof TransactionalIdAuthorizationException) {
            return "use its transactional id, which begins with the workflow's application.id";
        }
        if (denied instanceof ClusterAuthorizationException) {
            return "do this with the cluster: " + denied.getMessage();
        }
        return "do this: " + denied.getMessage();
    }
}
