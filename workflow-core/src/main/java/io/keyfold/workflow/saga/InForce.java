package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.StepName;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What the standing rests on: the last completed request and the resource that each of its steps uses.
///
/// @param uses id of the resource by step; a skipped authorization is not in it
public record InForce(DeployRequest request, Map<StepName, String> uses) {
    public InForce {
        uses = Collections.unmodifiableMap(new TreeMap<>(uses));
    }

    /// The resource that a step uses; empty for a skipped authorization.
    public Optional<String> id(StepName step) {
        return Optional.ofNullable(uses.get(step));
    }
}
