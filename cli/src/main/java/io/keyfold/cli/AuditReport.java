package io.keyfold.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.audit.Invariant;
import io.keyfold.audit.Invariant.Needs;
import io.keyfold.audit.Place;
import io.keyfold.audit.Report;
import io.keyfold.audit.Violation;
import io.keyfold.cli.output.Format;
import io.keyfold.cli.output.Table;
import java.util.List;
import java.util.stream.Collectors;

/// What an audit has come to, for a person or a program.
final class AuditReport {
    private final Report report;
    private final List<Violation> once;
    private final boolean lookedAtTheCloud;

    /// @param once what was found, and not found again when it was looked at once more
    AuditReport(Report report, List<Violation> once, boolean lookedAtTheCloud) {
        this.report = report;
        this.once = List.copyOf(once);
        this.lookedAtTheCloud = lookedAtTheCloud;
    }

    void print(Format format) {
        System.out.println(format.isData() ? format.of(json()) : table());
    }

    private String table() {
        var table = new Table("INVARIANT", "CHECKED", "VIOLATED");
        for (Invariant invariant : Invariant.values()) {
            table.row(
                    invariant.name(),
                    report.checked(invariant).map(Object::toString).orElseGet(() -> "not here: " + why(invariant)),
                    report.checked(invariant).isPresent() ? Long.toString(report.violations(invariant)) : "-");
        }
        var text = new StringBuilder().append(table).append("\n\n");
        report.told().forEach(told -> text.append("Note: ").append(told).append(".\n"));
        once.forEach(
                violation -> text.append("Seen once, not again, so no violation: ").append(violation).append('\n'));
        for (Violation violation : report.violations()) {
            text.append("VIOLATED  ").append(violation.invariant()).append("  ").append(violation.cluster())
                    .append(violation.cluster().isEmpty() ? "" : "  ").append(violation.what());
            if (!violation.places().isEmpty()) {
                text.append("\n          see ")
                        .append(violation.places().stream().map(Place::toString).collect(Collectors.joining(", ")));
            }
            text.append("\n          -> ").append(violation.invariant().remedy()).append('\n');
        }
        int violations = report.violations().size();
        return text.append(violations == 0 ? "No violation." : violations == 1 ? "1 violation."
                : violations + " violations.").toString();
    }

    private String why(Invariant invariant) {
        if (!lookedAtTheCloud && (invariant.needs() == Needs.CLOUD || invariant.needs() == Needs.CALLS)) {
            return "needs the cloud, and this was --offline";
        }
        return "needs " + invariant.needs().words();
    }

    private JsonNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        var invariants = json.putArray("invariants");
        for (Invariant invariant : Invariant.values()) {
            ObjectNode one = invariants.addObject().put("name", invariant.name()).put("says", invariant.says());
            report.checked(invariant).ifPresentOrElse(
                    count -> one.put("checked", count).put("violations", report.violations(invariant)),
                    () -> one.put("not_checked", why(invariant)));
        }
        var violations = json.putArray("violations");
        for (Violation violation : report.violations()) {
            ObjectNode one = violations.addObject().put("invariant", violation.invariant().name())
                    .put("account", violation.account()).put("cluster_id", violation.cluster())
                    .put("what", violation.what()).put("remedy", violation.invariant().remedy());
            var places = one.putArray("records");
            violation.places().forEach(
                    place -> places.addObject().put("topic", place.topic()).put("partition", place.partition())
                            .put("offset", place.offset()));
        }
        var told = json.putArray("notes");
        report.told().forEach(told::add);
        var seenOnce = json.putArray("seen_once");
        once.forEach(violation -> seenOnce.add(violation.toString()));
        return json;
    }
}
