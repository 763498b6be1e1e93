package io.keyfold.workers.ibmcloud;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.ibm.cloud.sdk.core.http.Headers;
import com.ibm.cloud.sdk.core.http.Response;
import com.ibm.cloud.sdk.core.service.exception.ServiceResponseException;
import io.keyfold.workers.step.IbmAnswer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads what IBM says when it refuses. Each API says it in another shape, and the SDK's own message knows few of them:
/// for Key Protect it is only "Conflict", and of IAM's conflicts it drops which policy it was.
final class ErrorReader {
    /// Later than this nobody is told to come back.
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);
    private static final Pattern TOKEN = Pattern.compile("(?i)bearer\\s+\\S+|eyJ[\\w-]+\\.[\\w-]+\\.?[\\w-]*");
    private static final List<String> TRANSACTION_HEADERS =
            List.of("transaction-id", "x-correlation-id", "correlation-id", "x-request-id", "x-global-transaction-id");

    private final SentSecrets secrets;
    private final InstantSource clock;

    /// @param secrets what IBM may say again of what it was sent
    ErrorReader(SentSecrets secrets, InstantSource clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    IbmAnswer read(String call, ServiceResponseException answered) {
        var body = answered.getResponseBody() == null ? "" : answered.getResponseBody();
        var error = object(body);
        return new IbmAnswer(
                call,
                OptionalInt.of(answered.getStatusCode()),
                code(error).map(this::clean),
                clean(message(error).orElseGet(() -> error.isPresent() || body.isBlank()
                        ? "no reason given"
                        : body.replaceAll("<[^>]*>", " "))),
                transactionId(error, answered).map(this::clean));
    }

    /// IBM's own id of a call that has succeeded, for those who ask their support about it.
    Optional<String> transactionId(Response<?> answered) {
        return TRANSACTION_HEADERS.stream().flatMap(name -> header(answered.getHeaders(), name).stream()).findFirst()
                .map(this::clean);
    }

    /// Whether this is no answer of IBM's APIs, which all refuse in JSON, or without a word.
    boolean isForeign(ServiceResponseException answered) {
        var body = answered.getResponseBody();
        return body != null && !body.isBlank() && object(body).isEmpty();
    }

    /// An answer that says success, and then something that nobody can read.
    IbmAnswer readUnreadable(String call, ServiceResponseException answered) {
        var deepest = Stream.<Throwable>iterate(answered, Objects::nonNull, Throwable::getCause)
                .limit(10)
                .reduce(answered, (outer, inner) -> inner);
        return new IbmAnswer(
                call, OptionalInt.of(answered.getStatusCode()), Optional.empty(),
                "the answer cannot be read: " + words(deepest),
                transactionId(Optional.empty(), answered).map(this::clean));
    }

    /// What the connection or the parser said, without secrets.
    String words(Throwable failure) {
        var message = failure.getMessage();
        var kind = failure.getClass().getSimpleName();
        return clean(message == null || message.isBlank() ? kind : message + " (" + kind + ")");
    }

    /// Seconds or a date; 0 means as little as none.
    Optional<Duration> retryAfter(ServiceResponseException answered) {
        return header(answered, "retry-after")
                .flatMap(this::duration)
                .filter(Duration::isPositive)
                .map(asked -> asked.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : asked);
    }

    /// IAM's `errors[].details.conflicts_with.policy`: documented as an id, seen as the whole policy.
    Optional<JsonElement> conflictingPolicy(ServiceResponseException answered) {
        return object(answered.getResponseBody() == null ? "" : answered.getResponseBody())
                .flatMap(error -> firstOf(error, "errors"))
                .flatMap(first -> child(first, "details"))
                .flatMap(details -> child(details, "conflicts_with"))
                .map(conflict -> conflict.get("policy"))
                .filter(policy -> policy.isJsonObject() || policy.isJsonPrimitive());
    }

    private static Optional<JsonObject> object(String body) {
        try {
            var parsed = JsonParser.parseString(body);
            return parsed.isJsonObject() ? Optional.of(parsed.getAsJsonObject()) : Optional.empty();
        } catch (JsonParseException notJson) {
            return Optional.empty();
        }
    }

    private static Optional<String> code(Optional<JsonObject> error) {
        return reason(error).flatMap(reason -> text(reason, "code", "error_code", "errorCode"));
    }

    private static Optional<String> message(Optional<JsonObject> error) {
        return reason(error)
                .flatMap(reason -> text(reason, "message", "errorMessage", "errorMsg", "error", "description"));
    }

    /// The innermost object that explains: Key Protect's `resources[].reasons[]`, IAM's `errors[]`, else the body itself.
    private static Optional<JsonObject> reason(Optional<JsonObject> error) {
        return error.map(body -> firstOf(body, "resources")
                .map(resource -> firstOf(resource, "reasons").orElse(resource))
                .or(() -> firstOf(body, "errors"))
                .orElse(body));
    }

    private static Optional<String> transactionId(Optional<JsonObject> error, ServiceResponseException answered) {
        var named = error.flatMap(body -> text(body, "transaction_id", "trace"));
        var context = error.flatMap(body -> child(body, "context")).flatMap(body -> text(body, "requestId"));
        return named.or(() -> context)
                .or(() -> TRANSACTION_HEADERS.stream().flatMap(name -> header(answered, name).stream()).findFirst());
    }

    private static Optional<String> header(ServiceResponseException answered, String name) {
        return header(answered.getHeaders(), name);
    }

    private static Optional<String> header(@Nullable Headers headers, String name) {
        return headers == null
                ? Optional.empty()
                : headers.names().stream()
                        .filter(name::equalsIgnoreCase)
                        .flatMap(each -> headers.values(each).stream())
                        .findFirst();
    }

    private Optional<Duration> duration(String retryAfter) {
        try {
            return Optional.of(Duration.ofSeconds(Long.parseLong(retryAfter.strip())));
        } catch (NumberFormatException notSeconds) {
            try {
                var date = ZonedDateTime.parse(
                        retryAfter.strip(), DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT));
                return Optional.of(Duration.between(clock.instant(), date.toInstant()));
            } catch (DateTimeException | ArithmeticException notADate) {
                return Optional.empty();
            }
        } catch (ArithmeticException tooLong) {
            return Optional.of(LONGEST_RETRY_AFTER);
        }
    }

    private String clean(String text) {
        var cleaned = text;
        for (Secret secret : secrets.all()) {
            cleaned = cleaned.replace(secret.value(), "[hidden]");
        }
        return TOKEN.matcher(cleaned).replaceAll("[hidden]");
    }

    private static Optional<JsonObject> firstOf(JsonObject parent, String name) {
        var list = parent.get(name);
        return list != null && list.isJsonArray() && !list.getAsJsonArray().isEmpty()
                && list.getAsJsonArray().get(0).isJsonObject()
                        ? Optional.of(list.getAsJsonArray().get(0).getAsJsonObject())
                        : Optional.empty();
    }

    private static Optional<JsonObject> child(JsonObject parent, String name) {
        var child = parent.get(name);
        return child != null && child.isJsonObject() ? Optional.of(child.getAsJsonObject()) : Optional.empty();
    }

    private static Optional<String> text(JsonObject parent, String... names) {
        return Stream.of(names)
                .map(parent::get)
                .filter(value -> value != null && value.isJsonPrimitive() && !value.getAsString().isBlank())
                .map(JsonElement::getAsString)
                .findFirst();
    }
}
