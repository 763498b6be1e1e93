package io.keyfold.workers.ibmcloud;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.ibm.cloud.sdk.core.security.Authenticator;
import com.ibm.cloud.sdk.core.service.exception.ServiceResponseException;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.IbmAnswer;
import io.keyfold.workers.step.MonotonicTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.Route;
import org.jspecify.annotations.Nullable;

/// The account's one token, shared by every call of every API.
///
/// The SDK's authenticator fetches it, keeps it and renews it ahead of time. What it lacks is here: those who wait for a
/// fetch share its failure too, instead of trying one after the other; a token that an API refuses is dropped; and a
/// failure says that it is the token's, not the API's.
final class IamTokens implements Authenticator {
    static final String CALL = "IAM: fetch token";

    private static final String API = "IAM";
    private static final String OPERATION = "fetch token";
    private static final String AUTHORIZATION = "Authorization";

    /// A person has to put refused credentials right; until then, this often is often enough to ask.
    static final Duration CREDENTIALS_PAUSE = Duration.ofMinutes(1);
    /// One who is not allowed something is answered 401 by Key Protect, however new the token.
    static final Duration LEAST_TIME_BETWEEN_REFUSALS = Duration.ofSeconds(10);

    private final TokenSource iam;
    private final ErrorReader errors;
    private final MonotonicTime time;
    private final CloudMeters.Api meters;
    private final ReentrantLock fetching = new ReentrantLock();
    private @Nullable Failure lastFailure;
    private @Nullable Long lastRefusal;

    /// @param until for so long nobody asks again: a dead IAM gets a few calls a second, not one for each waiting command
    private record Failure(FaultException exception, long until) {}

    IamTokens(TokenSource iam, ErrorReader errors, MonotonicTime time, CloudMeters meters) {
        this.iam = iam;
        this.errors = errors;
        this.time = time;
        this.meters = meters.of(API);
    }

    @Override
    public void authenticate(Request.Builder request) {
        request.header(AUTHORIZATION, "Bearer " + token());
    }

    @Override
    public String authenticationType() {
        return AUTHTYPE_IAM;
    }

    /// What we show IAM was looked at with the settings.
    @Override
    public void validate() {}

    /// For whom the token is: the `iam_id` of the service ID or trusted profile.
    String iamId() {
        return claims(token()).flatMap(claims -> text(claims, "iam_id"))
                .orElseThrow(() -> new FaultException(new Fault.Transient(
                        FaultCode.PROTOCOL, IbmAnswer.ofOurs(CALL, "the token does not say for whom it is (iam_id)"),
                        Optional.empty())));
    }

    /// The account that our credentials are of, if the token says so.
    Optional<String> accountId() {
        return claims(token())
                .map(claims -> claims.get("account"))
                .filter(JsonElement::isJsonObject)
                .flatMap(account -> text(account.getAsJsonObject(), "bss"));
    }

    /// When IAM gave the token, by its own clock.
    Optional<Instant> issuedAt() {
        return claims(token())
                .map(claims -> claims.get("iat"))
                .filter(issued -> issued != null && issued.isJsonPrimitive()
                        && issued.getAsJsonPrimitive().isNumber())
                .map(issued -> Instant.ofEpochSecond(issued.getAsLong()));
    }

    private static Optional<String> text(JsonObject claims, String name) {
        return Optional.ofNullable(claims.get(name))
                .filter(JsonElement::isJsonPrimitive)
                .map(JsonElement::getAsString);
    }

    private static Optional<JsonObject> claims(String token) {
        var parts = token.split("\\.", -1);
        try {
            var claims = JsonParser.parseString(new String(
                    Base64.getUrlDecoder().decode(parts[Math.min(1, parts.length - 1)]), StandardCharsets.UTF_8));
            return Optional.of(claims).filter(JsonElement::isJsonObject).map(JsonElement::getAsJsonObject);
        } catch (JsonParseException | IllegalArgumentException notOne) {
            return Optional.empty();
        }
    }

    private String token() {
        long asked = time.nanoTime();
        // Also for the token that is there: between seeing and taking it another thread might have it forgotten.
        fetching.lock();
        try {
            if (!iam.hasToken() && lastFailure != null && lastFailure.until - asked > 0) {
                throw lastFailure.exception;
            }
            // The SDK renews one that is there by a thread of its own, which nobody waits for.
            return iam.hasToken() ? given() : fetched();
        } catch (FaultException shared) {
            throw shared;
        } catch (RuntimeException failure) {
            var fault = fault(failure);
            var exception = new FaultException(fault);
            lastFailure = new Failure(exception, time.nanoTime() + quietTime(fault).toNanos());
            throw exception;
        } finally {
            fetching.unlock();
        }
    }

    private String fetched() {
        try (var measured = meters.call(OPERATION)) {
            try {
                var token = given();
                measured.ended(CloudMeters.OK);
                return token;
            } catch (RuntimeException failure) {
                measured.failed(fault(failure));
                throw failure;
            }
        }
    }

    private String given() {
        // The SDK takes any JSON for a token, and would go on to send "Bearer null".
        return UnexpectedAnswerException.present(iam.getToken(), "access_token");
    }

    /// What to do about a 401: OkHttp asks before it gives the answer to the caller. A request that was answered 401 has
    /// had no effect, so even a create may go out once more.
    ///
    /// @return the request with another token, or null to let the 401 stand
    @Nullable
    Request afterRefusal(@Nullable Route route, Response response) {
        if (response.priorResponse() != null) {
            return null;
        }
        var refused = response.request().header(AUTHORIZATION);
        if (refused == null || !forget(refused)) {
            return null;
        }
        return response.request().newBuilder().header(AUTHORIZATION, "Bearer " + token()).build();
    }

    /// @return whether there is, or can be, another token than the refused one
    private boolean forget(String refused) {
        fetching.lock();
        try {
            if (!iam.hasToken() || !refused.equals("Bearer " + iam.getToken())) {
                return true;
            }
            long now = time.nanoTime();
            if (lastRefusal != null && now - lastRefusal < LEAST_TIME_BETWEEN_REFUSALS.toNanos()) {
                return false;
            }
            lastRefusal = now;
            iam.forget();
            return true;
        } finally {
            fetching.unlock();
        }
    }

    private static Duration quietTime(Fault.Transient fault) {
        return switch (fault.code()) {
            case CREDENTIALS_REJECTED -> Duration.ofSeconds(5);
            case RATE_LIMITED -> fault.retryAfter().orElse(Duration.ofSeconds(1));
            default -> Duration.ofMillis(500);
        };
    }

    private Fault.Transient fault(RuntimeException failure) {
        if (failure instanceof ServiceResponseException answered) {
            var answer = errors.read(CALL, answered);
            int status = answered.getStatusCode();
            return iam.isRejection(status)
                    ? new Fault.Transient(FaultCode.CREDENTIALS_REJECTED, answer, Optional.of(CREDENTIALS_PAUSE))
                    : new Fault.Transient(
                            switch (status) {
                                case 404 -> FaultCode.PROTOCOL; // that is no address of IAM's
                                case 429 -> FaultCode.RATE_LIMITED;
                                default -> FaultCode.UNAVAILABLE;
                            }, answer, errors.retryAfter(answered));
        }
        var connection = AtMostOnceHttp.cause(failure, IOException.class);
        var code = connection.isPresent() ? FaultCode.UNAVAILABLE : FaultCode.PROTOCOL;
        var cause = connection.isPresent() ? connection.get() : failure;
        return new Fault.Transient(code, IbmAnswer.ofOurs(CALL, errors.words(cause)), Optional.empty());
    }
}
