package io.keyfold.workers.ibmcloud;

import com.google.gson.JsonParseException;
import com.ibm.cloud.sdk.core.http.ServiceCall;
import com.ibm.cloud.sdk.core.service.exception.ServiceResponseException;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.IbmAnswer;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// How one API is called: within its rate, and every failure turned into a [Fault].
///
/// Nothing is tried again here: who calls knows how long it may take. Of a *change*'s failures only those that surely come
/// before its effect are transient, and whatever leaves it open is an unknown outcome. Of a *read* nothing can be left open.
final class CloudApi {
    private final String name;
    private final ErrorReader errors;
    private final Function<Refusal, FaultCode> meaning;
    private final RateLimit rate;
    private final CloudMeters.Api meters;

    /// IBM said no.
    record Refusal(int status, String code, String message) {}

    /// @param meaning what a 4xx of this API says to us
    CloudApi(
            String name, ErrorReader errors, RateLimit rate, Function<Refusal, FaultCode> meaning, CloudMeters meters) {
        this.name = name;
        this.errors = errors;
        this.meaning = meaning;
        this.rate = rate;
        this.meters = meters.of(name);
    }

    /// @param asOurs maps the answer; what it lacks it says by [UnexpectedAnswerException]
    <S, T> T read(String what, Supplier<ServiceCall<S>> call, Function<S, T> asOurs) {
        return send(what, Effect.NONE, call, asOurs, refused -> Optional.empty());
    }

    /// A read of one thing that may not be there.
    <S, T> Optional<T> find(String what, Supplier<ServiceCall<S>> call, Function<S, Optional<T>> asOurs) {
        try {
            return read(what, call, asOurs);
        } catch (FaultException failure) {
            if (failure.fault().code() == FaultCode.NOT_FOUND) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    <S, T> T create(String what, Supplier<ServiceCall<S>> call, Function<S, T> asOurs) {
        return create(what, call, asOurs, refused -> Optional.empty());
    }

    /// @param orElse a refusal that is an answer too
    <S, T> T create(
            String what, Supplier<ServiceCall<S>> call, Function<S, T> asOurs,
            Function<ServiceResponseException, Optional<T>> orElse) {
        return send(what, Effect.CHANGE, call, asOurs, orElse);
    }

    /// What is already gone is deleted.
    <S> void delete(String what, Supplier<ServiceCall<S>> call) {
        try {
            act(what, call);
        } catch (FaultException failure) {
            if (failure.fault().code() != FaultCode.NOT_FOUND) {
                throw failure;
            }
        }
    }

    /// A change of whose answer nothing is needed.
    <S> void act(String what, Supplier<ServiceCall<S>> call) {
        meters.await(rate, name + ": " + what);
        try (var measured = meters.call(what)) {
            act(what, call, measured);
        }
    }

    private <S> void act(String what, Supplier<ServiceCall<S>> call, CloudMeters.Call measured) {
        try {
            measured.answered(call.get().execute(), errors);
            measured.ended(CloudMeters.OK);
        } catch (RuntimeException failure) {
            var fault = fault(name + ": " + what, Effect.CHANGE, failure);
            // A success whose text cannot be read is a success.
            if (!(failure instanceof ServiceResponseException answered && answered.getStatusCode() / 100 == 2)) {
                measured.failed(fault);
                throw new FaultException(fault);
            }
            measured.ended(CloudMeters.OK);
        }
    }

    private enum Effect {
        NONE,
        CHANGE
    }

    private <S, T> T send(
            String what, Effect effect, Supplier<ServiceCall<S>> call, Function<S, T> asOurs,
            Function<ServiceResponseException, Optional<T>> orElse) {
        var title = name + ": " + what;
        meters.await(rate, title);
        try (var measured = meters.call(what)) {
            return send(title, effect, call, asOurs, orElse, measured);
        }
    }

    private <S, T> T send(
            String title, Effect effect, Supplier<ServiceCall<S>> call, Function<S, T> asOurs,
            Function<ServiceResponseException, Optional<T>> orElse, CloudMeters.Call measured) {
        S answer;
        try {
            var response = call.get().execute();
            measured.answered(response, errors);
            answer = response.getResult();
        } catch (RuntimeException failure) {
            var answered =
                    failure instanceof ServiceResponseException refused ? orElse.apply(refused) : Optional.<T>empty();
            if (answered.isPresent()) {
                measured.ended(CloudMeters.ANSWERED);
                return answered.get();
            }
            throw failed(measured, fault(title, effect, failure));
        }
        try {
            var ours = asOurs.apply(UnexpectedAnswerException.present(answer, "body"));
            measured.ended(CloudMeters.OK);
            return ours;
        } catch (RuntimeException unexpected) {
            // The mapping does nothing but read, so whatever stops it (a null in a list, text for a number) is the answer's.
            throw failed(measured, unreadable(effect, IbmAnswer.ofOurs(title, errors.words(unexpected))));
        }
    }

    private static FaultException failed(CloudMeters.Call measured, Fault fault) {
        measured.failed(fault);
        return new FaultException(fault);
    }

    private Fault fault(String title, Effect effect, RuntimeException failure) {
        if (failure instanceof FaultException known) {
            return known.fault();
        }
        if (failure instanceof ServiceResponseException answered) {
            return refused(title, effect, answered);
        }
        var token = AtMostOnceHttp.cause(failure, FaultException.class);
        if (token.isPresent()) {
            return token.get().fault();
        }
        var connection = AtMostOnceHttp.cause(failure, IOException.class);
        if (connection.isPresent()) {
            var answer = IbmAnswer.ofOurs(title, errors.words(connection.get()));
            return effect == Effect.CHANGE && AtMostOnceHttp.cause(failure, NotSentException.class).isEmpty()
                    ? new Fault.UnknownOutcome(answer)
                    : new Fault.Transient(FaultCode.UNAVAILABLE, answer, Optional.empty());
        }
        if (AtMostOnceHttp.cause(failure, JsonParseException.class).isPresent()) {
            return unreadable(effect, IbmAnswer.ofOurs(title, errors.words(failure)));
        }
        throw failure;
    }

    private Fault refused(String title, Effect effect, ServiceResponseException answered) {
        var answer = errors.read(title, answered);
        var retryAfter = errors.retryAfter(answered);
        int status = answered.getStatusCode();
        if (status == 429 || status == 503) {
            retryAfter.ifPresent(rate::closeFor);
        }
        return switch (status / 100) {
            case 2 -> unreadable(effect, errors.readUnreadable(title, answered));
            case 4 -> switch (status) {
                case 408 -> passing(effect, answer, retryAfter);
                case 429 -> new Fault.Transient(FaultCode.RATE_LIMITED, answer, retryAfter);
                // A page that some proxy has for all that it does not know says nothing about what was asked for.
                case 404, 410 -> errors.isForeign(answered)
                        ? unreadable(effect, answer)
                        : clientFault(answer, status);
                default -> clientFault(answer, status);
            };
            case 5 -> passing(effect, answer, retryAfter);
            // A redirect is not followed: the token is for this host only.
            default -> new Fault.Permanent(FaultCode.PROTOCOL, answer);
        };
    }

    private Fault clientFault(IbmAnswer answer, int status) {
        var code = meaning.apply(new Refusal(status, answer.code().orElse(""), answer.message()));
        return code == FaultCode.CREDENTIALS_REJECTED
                ? new Fault.Transient(code, answer, Optional.of(IamTokens.CREDENTIALS_PAUSE))
                : new Fault.Permanent(code, answer);
    }

    private static Fault passing(Effect effect, IbmAnswer answer, Optional<Duration> retryAfter) {
        return effect == Effect.CHANGE
                ? new Fault.UnknownOutcome(answer)
                : new Fault.Transient(FaultCode.UNAVAILABLE, answer, retryAfter);
    }

    private static Fault unreadable(Effect effect, IbmAnswer answer) {
        return effect == Effect.CHANGE
                ? new Fault.UnknownOutcome(answer)
                : new Fault.Transient(FaultCode.PROTOCOL, answer, Optional.empty());
    }
}
