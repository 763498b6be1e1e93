package io.keyfold.emulator;

import io.keyfold.emulator.faults.Fault;
import io.keyfold.emulator.faults.FaultPlan;
import io.keyfold.emulator.faults.FaultRules;
import io.keyfold.emulator.faults.FaultTarget;
import io.keyfold.emulator.http.Delivery;
import io.keyfold.emulator.http.HttpHandler;
import io.keyfold.emulator.http.HttpRequest;
import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.iam.Tokens;
import io.keyfold.emulator.service.Call;
import io.keyfold.emulator.service.CallCounts;
import io.keyfold.emulator.service.Caller;
import io.keyfold.emulator.service.Cloud;
import io.keyfold.emulator.service.Effect;
import io.keyfold.emulator.service.EffectLog;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Refusal;
import io.keyfold.emulator.service.Route;
import io.keyfold.emulator.service.Touched;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Takes a request through route, faults, token, handler and log.
final class Exchange implements HttpHandler {

    private final Cloud cloud;
    private final List<Route> routes;
    private final Tokens tokens;
    private final FaultRules faults;
    private final EffectLog effects;
    private final CallCounts counts;
    private final HttpHandler admin;

    Exchange(Cloud cloud, List<Route> routes, Tokens tokens, FaultRules faults, EffectLog effects, CallCounts counts,
            HttpHandler admin) {
        this.cloud = cloud;
        this.routes = List.copyOf(routes);
        this.tokens = tokens;
        this.faults = faults;
        this.effects = effects;
        this.counts = counts;
        this.admin = admin;
    }

    /// What a call ends in.
    private record Outcome(Delivery delivery, int status, Optional<Effect> logged) {}

    @Override
    public Reply answer(HttpRequest request) throws InterruptedException {
        List<String> segments = request.segments();
        if (!segments.isEmpty() && segments.getFirst().equals("emulator")) {
            return admin.answer(request);
        }
        Optional<String> region = Optional.empty();
        if (segments.size() > 2 && segments.getFirst().equals("regions")) {
            region = Optional.of(segments.get(1));
            segments = segments.subList(2, segments.size());
        }
        for (Route route : routes) {
            var variables = route.match(request.method(), segments);
            if (variables.isPresent()) {
                Optional<Caller> caller = tokens.callerOf(request);
                FaultPlan plan = faults.plan(target(request, route, caller));
                var call = new Call(request, route, variables.get(), region, caller, plan.twist(), cloud.now(),
                        new Touched());
                return answer(call, plan);
            }
        }
        return Reply
                .whole(Json.response(404, Json.object().put("message", "No such operation").put("status_code", 404)));
    }

    private static FaultTarget target(HttpRequest request, Route route, Optional<Caller> caller) {
        return new FaultTarget(route.operation(), request.method(), request.rawPath(),
                request.headers().first("Bluemix-Instance").orElse(""), caller.map(Caller::account).orElse(""),
                caller.map(Caller::name).orElse(""), caller.map(Caller::iamId).orElse(""), request.text());
    }

    private Reply answer(Call call, FaultPlan plan) throws InterruptedException {
        String operation = call.route().operation();
        counts.begun(operation);
        int status = 0;
        try {
            pause(plan.before());
            Call now =
                    new Call(call.request(), call.route(), call.path(), call.region(), call.knownCaller(), call.twist(),
                            cloud.now(), call.touched());
            Outcome outcome = outcome(now, plan);
            status = outcome.status();
            pause(plan.after());
            return new Reply(outcome.delivery(), whole -> outcome.logged()
                    .ifPresent(effect -> effects.delivered(effect.number(), whole)));
        } finally {
            counts.answered(operation, status, plan.fault().isPresent());
        }
    }

    private static void pause(Duration time) throws InterruptedException {
        if (!time.isZero()) {
            Thread.sleep(time);
        }
    }

    private Outcome outcome(Call call, FaultPlan plan) {
        return switch (plan.fault().orElse(new Fault.Twisted(call.twist()))) {
            case Fault.Answer answer when !answer.after() -> instead(call, plan, FaultAnswers.answer(answer, call));
            case Fault.Reset(var after) when !after -> unanswered(call, plan, new Delivery.Reset());
            case Fault.Hang(var after) when !after -> unanswered(call, plan, new Delivery.Hang());
            case Fault.Redirect(var status, var location) ->
                instead(call, plan, HttpResponse.empty(status).with("Location", location));
            case Fault.Refused(var how) -> instead(call, plan, FaultAnswers.refusal(how, call));
            case Fault.Answer answer ->
                performed(call, plan, _ -> new Delivery.Whole(FaultAnswers.answer(answer, call)));
            case Fault.Reset _ -> performed(call, plan, _ -> new Delivery.Reset());
            case Fault.Hang _ -> performed(call, plan, _ -> new Delivery.Hang());
            case Fault.Truncated(var part) -> performed(call, plan,
                    response -> new Delivery.Truncated(response, (int) (response.body().length * part)));
            case Fault.Spoilt(var how) ->
                performed(call, plan, response -> new Delivery.Whole(FaultAnswers.spoilt(how, response)));
            case Fault.Trickle(var bytesPerSecond) ->
                performed(call, plan, response -> new Delivery.Trickled(response, bytesPerSecond));
            case Fault.Twisted _,Fault.Latency _ -> performed(call, plan, Delivery.Whole::new);
        };
    }

    /// Another answer, and no effect.
    private Outcome instead(Call call, FaultPlan plan, HttpResponse response) {
        return new Outcome(new Delivery.Whole(call.route().api().dress(call, response)), response.status(),
                log(call, plan, response.status(), false));
    }

    private Outcome unanswered(Call call, FaultPlan plan, Delivery delivery) {
        return new Outcome(delivery, 0, log(call, plan, 0, false));
    }

    @FunctionalInterface
    private interface Damage {
        Delivery of(HttpResponse response);
    }

    /// The effect and its place in the log are one step.
    private Outcome performed(Call call, FaultPlan plan, Damage damage) {
        return cloud.locked(() -> {
            HttpResponse response = handle(call);
            Optional<Effect> logged = log(call, plan, response.status(), response.status() < 300);
            HttpResponse dressed = call.route().api().dress(call, response);
            return new Outcome(damage.of(dressed), response.status(), logged);
        });
    }

    private static HttpResponse handle(Call call) {
        Route route = call.route();
        if (route.kind() != Route.Kind.WITHOUT_TOKEN && call.knownCaller().isEmpty()) {
            return route.api().unauthorized();
        }
        try {
            return route.handler().handle(call);
        } catch (Refusal refusal) {
            return refusal.response();
        }
    }

    private Optional<Effect> log(Call call, FaultPlan plan, int status, boolean performed) {
        if (call.route().kind() != Route.Kind.MUTATION) {
            return Optional.empty();
        }
        Touched touched = call.touched();
        String instance = touched.instance().isEmpty() ? call.header("Bluemix-Instance").orElse("")
                : touched.instance();
        return Optional.of(effects.add(number -> new Effect(number, call.now(), call.route().operation(),
                call.request().method(), call.request().target(),
                call.knownCaller().map(Caller::account).orElse(""), call.knownCaller().map(Caller::iamId).orElse(""),
                instance, touched.resource(), status, performed, plan.rules(), Effect.Delivered.PENDING)));
    }
}
