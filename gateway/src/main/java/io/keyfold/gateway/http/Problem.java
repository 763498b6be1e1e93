package io.keyfold.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Why there is no other answer, as RFC 9457 has it: what happened, to which cluster, what to do next.
///
/// @param code       countable and stable; the problem's `type` is made of it
/// @param detail     what happened and why
/// @param next       what to do
/// @param violations of a request that breaks rules: each of them
public record Problem(
        int status, String code, String title, String detail, String next, Optional<String> clusterId,
        List<Broken> violations) {
    /// A rule that is broken by an input or a parameter.
    record Broken(String code, String input, String given, String allowed) {}

    public Problem {
        violations = List.copyOf(violations);
    }

    static Problem of(int status, String code, String title, String detail, String next) {
        return new Problem(status, code, title, detail, next, Optional.empty(), List.of());
    }

    Problem about(String cluster) {
        return new Problem(status, code, title, detail, next, Optional.of(cluster), violations);
    }

    Problem with(List<Broken> broken) {
        return new Problem(status, code, title, detail, next, clusterId, broken);
    }

    Thrown thrown() {
        return new Thrown(this);
    }

    ObjectNode json() {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("type", "urn:keyfold:problem:" + code.toLowerCase(Locale.ROOT).replace('_', '-'));
        json.put("title", title);
        json.put("status", status);
        json.put("code", code);
        json.put("detail", detail);
        json.put("next", next);
        clusterId.ifPresent(cluster -> json.put("cluster_id", cluster));
        if (!violations.isEmpty()) {
            var list = json.putArray("violations");
            violations.forEach(
                    broken -> list.addObject()
                            .put("code", broken.code())
                            .put("input", broken.input())
                            .put("given", broken.given())
                            .put("allowed", broken.allowed()));
        }
        return json;
    }

    /// Ends a request with its problem.
    static final class Thrown extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Problem problem;

        private Thrown(Problem problem) {
            super(problem.detail(), null, false, false);
            this.problem = problem;
        }

        Problem problem() {
            return problem;
        }
    }
}
