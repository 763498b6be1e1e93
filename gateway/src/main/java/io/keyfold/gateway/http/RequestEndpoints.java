package io.keyfold.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.ControlAction;
import io.keyfold.gateway.access.Caller;
import io.keyfold.gateway.fleet.Cluster;
import io.keyfold.gateway.fleet.Fleet;
import io.keyfold.gateway.topic.HistoryReader;
import io.keyfold.gateway.topic.RequestPublisher;
import io.keyfold.schemas.CloudEventHeaders;
import io.keyfold.workflow.request.RequestRules;
import io.keyfold.workflow.request.Violation;
import io.keyfold.workflow.wire.ContractFields;
import io.keyfold.workflow.wire.DeployRequests;
import io.keyfold.workflow.wire.InvalidInput;
import io.keyfold.workflow.wire.NearestName;
import io.keyfold.workflow.wire.RequestFields;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What asks for something: a cluster's encryption, or that something be done with it. Answered once Kafka has the request
/// for good; what becomes of it is for the workflow to say, in the cluster's status and history.
final class RequestEndpoints {
    private static final Logger LOG = LoggerFactory.getLogger(RequestEndpoints.class);
    private static final Set<String> OF_CONTROL = Set.of("control_id", "request_id", "reason", "requested_by");
    private static final Set<ControlAction> TWO_PERSONS = Set.of(ControlAction.DEPROVISION, ControlAction.REMOVE);
    /// What the audit says of controls says nothing of deploys.
    private static final Set<AuditEvent> OF_CONTROLS =
            Set.of(AuditEvent.CONTROL_ACCEPTED, AuditEvent.CONTROL_REFUSED);
    private static final int HISTORY_PAGE = 1_000;
    private static final int LONGEST_TEXT = 1_000;

    private final Fleet fleet;
    private final HistoryReader history;
    private final RequestPublisher publisher;
    private final Clock clock;
    private final int mostBytes;

    RequestEndpoints(
            Fleet fleet, HistoryReader history, RequestPublisher publisher, Clock clock, int mostBytes) {
        this.fleet = fleet;
        this.history = history;
        this.publisher = publisher;
        this.clock = clock;
        this.mostBytes = mostBytes;
    }

    void deploy(Caller caller, ServerRequest request, ServerResponse response) {
        var values = RequestBody.read(request, mostBytes);
        var now = clock.instant();
        var deploy = deploy(values, caller, now);
        refuse(RequestRules.check(DeployRequests.of(deploy), now), clusterOf(deploy));
        var cluster = clusterOf(deploy);
        publish(() -> publisher.publish(deploy, traceParent(request)), cluster);
        LOG.info("cluster={} request={} deploy published for {}", cluster, deploy.getRequestId(), caller.name());
        var body = JsonNodeFactory.instance.objectNode()
                .put("cluster_id", cluster)
                .put("request_id", deploy.getRequestId());
        accepted(response, cluster, body);
    }

    void control(ControlAction action, Caller caller, ServerRequest request, ServerResponse response) {
        var cluster = ClusterPath.of(request);
        var values = RequestBody.read(request, mostBytes);
        var now = clock.instant();
        var control = control(action, cluster, values, caller, now);
        publish(() -> publisher.publish(control, traceParent(request)), cluster);
        LOG.info(
                "cluster={} request={} control={} {} published for {}",
                cluster,
                control.getRequestId(),
                control.getControlId(),
                action,
                caller.name());
        var body = JsonNodeFactory.instance.objectNode()
                .put("cluster_id", cluster)
                .put("action", action.name())
                .put("control_id", control.getControlId())
                .put("request_id", control.getRequestId());
        accepted(response, cluster, body);
    }

    private static void accepted(ServerResponse response, String cluster, ObjectNode body) {
        var status = "/api/v1/clusters/" + cluster;
        body.put("status", status);
        body.put("history", status + "/history");
        response.header(HeaderNames.LOCATION, status);
        Answers.json(response, 202, body);
    }

    private static ClusterDeployRequested deploy(
            Map<String, @Nullable Object> given, Caller caller, Instant now) {
        var values = new HashMap<>(given);
        values.put("requested_by", requestedBy(given, caller));
        values.putIfAbsent("requested_at", now.toString());
        try {
            return RequestFields.toRecord(values);
        } catch (InvalidInput e) {
            throw invalid(e.problems(), Optional.empty());
        }
    }

    private ClusterControlRequested control(
            ControlAction action, String cluster, Map<String, @Nullable Object> given, Caller caller, Instant now) {
        var allowed = new TreeSet<>(OF_CONTROL);
        if (TWO_PERSONS.contains(action)) {
            allowed.add("approved_by");
        }
        if (action == ControlAction.IMPORT) {
            allowed.add("inputs");
        }
        var problems = new ArrayList<String>();
        given.keySet().stream().filter(name -> !allowed.contains(name)).forEach(
                name -> problems.add(
                        "there is no field " + Parameters.shown(name) + " in a "
                                + action.name().toLowerCase(Locale.ROOT)
                                + NearestName.of(allowed, name).map(it -> "; did you mean " + it + "?")
                                        .orElse("; allowed: " + String.join(", ", allowed))));
        if (!problems.isEmpty()) {
            throw invalid(problems, Optional.of(cluster));
        }
        var values = new LinkedHashMap<>(given);
        values.put("requested_by", requestedBy(given, caller));
        values.putIfAbsent("control_id", "gw-" + UUID.randomUUID());
        ClusterControlRequested said;
        try {
            said = ContractFields.set(ClusterControlRequested.newBuilder().build(), values);
        } catch (InvalidInput e) {
            throw invalid(e.problems(), Optional.of(cluster));
        }
        var control = ClusterControlRequested.newBuilder(said).setClusterId(cluster).setAction(action)
                .setRequestedAt(now);
        if (action == ControlAction.IMPORT) {
            completeImport(control);
        } else if (said.getRequestId().isEmpty()) {
            control.setRequestId(latestRequest(cluster));
        }
        var complete = control.build();
        check(complete);
        if (complete.getInputs() != null) {
            refuse(RequestRules.checkImport(DeployRequests.of(complete.getInputs()), now), cluster);
        }
        if (action == ControlAction.DEPROVISION) {
            requireKnown(complete);
        }
        return complete;
    }

    /// The workflow takes a deploy that it has never read for one that is still to come: it would cancel that and remove
    /// nothing. As `keyfold deprovision` has it.
    private void requireKnown(ClusterControlRequested control) {
        var cluster = control.getClusterId();
        var status = fleet.cluster(cluster).map(Cluster::status);
        var run = status.map(ClusterEncryptionStatus::getLastRun);
        var hasOther = status.filter(it -> !it.getResources().isEmpty()).isPresent()
                && run.filter(last -> last.getRequestId().equals(control.getRequestId())).isEmpty();
        if (hasOther && !isKnown(cluster, control.getRequestId())) {
            throw Problem.of(
                    409,
                    "UNKNOWN_DEPLOY",
                    "The cluster has had no such deploy",
                    "Cluster " + cluster + " has had no deploy \"" + Parameters.shown(control.getRequestId())
                            + "\", so nothing would be removed. Nothing was published.",
                    "Leave request_id away, or name the latest"
                            + run.map(last -> ": " + last.getRequestId()).orElse("")
                            + ". A deploy that is still to come is cancelled by POST …/cancel.")
                    .about(cluster).thrown();
        }
    }

    private boolean isKnown(String cluster, String requestId) {
        try {
            for (var from = 0; from < history.size(cluster); from += HISTORY_PAGE) {
                if (history.read(cluster, from, from + HISTORY_PAGE).records().stream().anyMatch(
                        line -> line.getRequestId().equals(requestId) && !OF_CONTROLS.contains(line.getEvent()))) {
                    return true;
                }
            }
        } catch (HistoryReader.NotRead e) {
            throw HistoryEndpoint.notRead(cluster, String.valueOf(e.getMessage())).thrown();
        }
        if (!history.isComplete()) {
            throw HistoryEndpoint.notRead(cluster, "This gateway still reads the audit topic.").thrown();
        }
        return false;
    }

    /// The deploy that a control is about where none is named.
    private String latestRequest(String cluster) {
        var run = FleetEndpoints.required(fleet, cluster).status().getLastRun();
        if (run == null || run.getRequestId().isEmpty()) {
            throw Problem.of(
                    422,
                    "NO_REQUEST",
                    "The cluster has had no request",
                    "Cluster " + cluster + " has no request yet that this could be about.",
                    "Name the deploy in request_id.").about(cluster).thrown();
        }
        return run.getRequestId();
    }

    /// The cluster is the path's, and there is one id: the one that what is imported has from then on.
    private static void completeImport(ClusterControlRequested.Builder control) {
        var cluster = control.getClusterId();
        var inputs = control.getInputs();
        if (inputs == null) {
            throw invalid(
                    List.of("inputs: not given; allowed: what the cluster was deployed with, by the names of a deploy"),
                    Optional.of(cluster));
        }
        var slash = cluster.indexOf('/');
        var requestId = control.getRequestId().isEmpty() ? inputs.getRequestId() : control.getRequestId();
        control.setRequestId(requestId)
                .setInputs(
                        ClusterDeployRequested.newBuilder(inputs)
                                .setAccount(cluster.substring(0, slash))
                                .setClusterPrefix(cluster.substring(slash + 1))
                                .setRequestId(requestId)
                                .setRequestedBy(control.getRequestedBy())
                                .setRequestedAt(control.getRequestedAt())
                                .build());
    }

    private static void check(ClusterControlRequested control) {
        var problems = new ArrayList<String>();
        if (!RequestRules.isId(control.getControlId())) {
            problems.add("control_id = " + Parameters.shown(control.getControlId())
                    + "; allowed: 1 to 64 of A-Z a-z 0-9 . _ : -");
        }
        if (!RequestRules.isId(control.getRequestId())) {
            problems.add("request_id = " + Parameters.shown(control.getRequestId())
                    + "; allowed: 1 to 64 of A-Z a-z 0-9 . _ : -");
        }
        Map.of(
                "reason", control.getReason(),
                "requested_by", control.getRequestedBy(),
                "approved_by", control.getApprovedBy()).forEach((name, text) -> {
                    if (text.length() > LONGEST_TEXT || text.chars().anyMatch(Character::isISOControl)) {
                        problems.add(name + " = " + Parameters.shown(text) + "; allowed: at most " + LONGEST_TEXT
                                + " characters, no control characters");
                    }
                });
        if (!problems.isEmpty()) {
            throw invalid(problems, Optional.of(control.getClusterId()));
        }
    }

    /// Who has shown who it is is named in the audit, whatever the body says.
    private static String requestedBy(Map<String, @Nullable Object> given, Caller caller) {
        return given.get("requested_by") instanceof String said && !said.isBlank() && !said.equals(caller.name())
                ? caller.isProven() ? said + " (by " + caller.name() + ")" : said
                : caller.name();
    }

    private static String clusterOf(ClusterDeployRequested deploy) {
        return deploy.getAccount() + "/" + deploy.getClusterPrefix();
    }

    private static void refuse(List<Violation> violations, String cluster) {
        if (!violations.isEmpty()) {
            throw Problem.of(
                    422,
                    "INVALID_REQUEST",
                    "The request breaks the rules",
                    violations.size() + (violations.size() == 1 ? " rule is" : " rules are")
                            + " broken; nothing was published and nothing has changed.",
                    "Correct the inputs and send it again.")
                    .about(Parameters.shown(cluster))
                    .with(
                            violations.stream()
                                    .map(
                                            it -> new Problem.Broken(
                                                    it.code(),
                                                    it.input(),
                                                    it.given(),
                                                    it.allowed()))
                                    .toList())
                    .thrown();
        }
    }

    private static Problem.Thrown invalid(List<String> problems, Optional<String> cluster) {
        var problem = Problem.of(
                422,
                "INVALID_REQUEST",
                "The request cannot be read",
                String.join(". ", problems) + ". Nothing was published.",
                "Correct it and send it again. All fields: GET /openapi.json");
        return cluster.map(problem::about).orElse(problem).thrown();
    }

    private static void publish(Runnable publication, String cluster) {
        try {
            publication.run();
        } catch (RequestPublisher.NotPublished e) {
            throw Problem.of(
                    503,
                    "NOT_PUBLISHED",
                    "The request could not be published",
                    "It is not known to be in Kafka. " + e.getMessage(),
                    "Send the very same request again, with the same id: a second one has no effect.")
                    .about(cluster).thrown();
        }
    }

    private static Optional<String> traceParent(ServerRequest request) {
        return request.headers().first(HeaderNames.create(CloudEventHeaders.TRACE_PARENT));
    }
}
