package io.keyfold.gateway.http;

import io.helidon.http.Method;
import io.helidon.http.PathMatchers;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.keyfold.contract.ControlAction;
import io.keyfold.gateway.access.Caller;
import io.keyfold.gateway.access.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Every path that is served, by whom it may be asked, and what answers: the one table. `openapi.json` describes the same.
record Routes(List<Route> all) {
    /// @param path          as OpenAPI and Helidon alike write it: `/clusters/{account}/{cluster_prefix}`
    /// @param role          what a caller must be to ask; empty: anybody, without saying who it is
    /// @param needsTheFleet whether there is no answer before the status topic has been read to its end
    record Route(Method method, String path, Optional<Role> role, boolean needsTheFleet, Answer answer) {}

    interface Answer {
        void to(Caller caller, ServerRequest request, ServerResponse response);
    }

    static final String API = "/api/v1";

    /// What is answered without an end.
    static final String EVENTS = API + "/events";
    static final String CLUSTER = API + "/clusters/{account}/{cluster_prefix}";

    /// What may be asked to be done with a cluster, and what a caller must be to ask for it: what deletes, takes over or
    /// holds up is the operators'.
    static final Map<ControlAction, Role> ACTIONS = Map.of(
            ControlAction.CANCEL, Role.REQUEST,
            ControlAction.RETRY, Role.REQUEST,
            ControlAction.VERIFY, Role.REQUEST,
            ControlAction.REPAIR, Role.OPERATE,
            ControlAction.DEPROVISION, Role.OPERATE,
            ControlAction.REMOVE, Role.OPERATE,
            ControlAction.PAUSE, Role.OPERATE,
            ControlAction.RESUME, Role.OPERATE,
            ControlAction.IMPORT, Role.OPERATE);

    Routes {
        all = List.copyOf(all);
    }

    static Routes of(
            FleetEndpoints fleet, HistoryEndpoint history, RequestEndpoints requests, EventStream events,
            PageFiles files, Health health) {
        var all = new ArrayList<Route>();
        all.add(
                new Route(
                        Method.GET,
                        API + "/caller",
                        Optional.of(Role.VIEW),
                        false,
                        (caller, _, response) -> Answers.json(response, 200, Summaries.of(caller))));
        all.add(view(API + "/fleet", fleet::counts));
        all.add(view(API + "/clusters", fleet::list));
        all.add(view(CLUSTER, fleet::one));
        all.add(view(CLUSTER + "/history", history::history));
        all.add(view(EVENTS, events::follow));
        all.add(new Route(Method.POST, API + "/clusters", Optional.of(Role.REQUEST), false, requests::deploy));
        ACTIONS.forEach(
                (action, role) -> all.add(
                        new Route(
                                Method.POST,
                                CLUSTER + "/" + action.name().toLowerCase(Locale.ROOT),
                                Optional.of(role),
                                true,
                                (caller, request, response) -> requests.control(action, caller, request, response))));
        all.add(open("/openapi.json", files::openApi));
        all.add(open("/livez", health::live));
        all.add(open("/readyz", health::ready));
        all.add(open("/", files::page));
        all.add(open("/{file:.+}", files::page));
        return new Routes(all);
    }

    private interface Plain {
        void to(ServerRequest request, ServerResponse response);
    }

    private static Route view(String path, Plain answer) {
        return new Route(
                Method.GET, path, Optional.of(Role.VIEW), true, (_, request, response) -> answer.to(request, response));
    }

    private static Route open(String path, Plain answer) {
        return new Route(
                Method.GET, path, Optional.empty(), false, (_, request, response) -> answer.to(request, response));
    }

    /// The methods that are served at a request's path.
    List<String> methods(ServerRequest request) {
        return all.stream().filter(route -> PathMatchers.create(route.path()).match(request.path()).accepted())
                .filter(route -> !route.path().startsWith("/{"))
                .map(route -> route.method().text()).distinct().sorted().toList();
    }

    static Problem otherMethod(ServerRequest request, List<String> methods) {
        return Problem.of(
                405,
                "OTHER_METHOD",
                "That cannot be done here",
                Parameters.shown(request.prologue().method().text()) + " is not served at "
                        + Parameters.shown(request.path().path()) + ".",
                "Use " + String.join(" or ", methods) + ". All paths: GET /openapi.json");
    }

    static Problem noSuchPath(ServerRequest request) {
        return Problem.of(
                404,
                "NO_SUCH_PATH",
                "There is nothing here",
                Parameters.shown(request.prologue().method().text() + " " + request.path().path())
                        + " is not served here.",
                "All paths: GET /openapi.json");
    }
}
