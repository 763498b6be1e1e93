package io.keyfold.gateway.http;

import io.helidon.webserver.http.ServerRequest;
import io.keyfold.workflow.request.ClusterId;

/// The cluster that a path names: `…/clusters/{account}/{cluster_prefix}…`.
final class ClusterPath {
    private ClusterPath() {}

    /// The record key.
    ///
    /// @throws Problem.Thrown if it can be no cluster's
    static String of(ServerRequest request) {
        var parameters = request.path().pathParameters();
        var id = parameters.get("account") + "/" + parameters.get("cluster_prefix");
        return ClusterId.parse(id).map(ClusterId::toString)
                .orElseThrow(() -> FleetEndpoints.notFound(Parameters.shown(id)).thrown());
    }
}
