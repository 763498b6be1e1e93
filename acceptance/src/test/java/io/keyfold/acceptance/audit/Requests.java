package io.keyfold.acceptance.audit;

import io.keyfold.acceptance.audit.Evidence.Place;
import io.keyfold.acceptance.audit.Evidence.Request;
import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.SourcePosition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Whether each request was accounted for, and once.
final class Requests {
    private static final Set<AuditEvent> ANSWERS_TO_A_DEPLOY =
            EnumSet.of(AuditEvent.REQUEST_ACCEPTED, AuditEvent.REQUEST_REFUSED, AuditEvent.IGNORED);
    private static final Set<AuditEvent> ANSWERS_TO_A_CONTROL =
            EnumSet.of(AuditEvent.CONTROL_ACCEPTED, AuditEvent.CONTROL_REFUSED, AuditEvent.IGNORED);

    private Requests() {}

    static List<Violation> of(Evidence evidence) {
        Map<Place, List<ClusterEncryptionAudit>> byCause = evidence.audit().values().stream().flatMap(List::stream)
                .filter(line -> line.getCause() != null)
                .collect(Collectors.groupingBy(line -> place(line.getCause())));
        List<Violation> found = new ArrayList<>();
        for (Request request : evidence.requests()) {
            boolean isDead = evidence.deadLetters().contains(request.place());
            List<ClusterEncryptionAudit> lines = byCause.getOrDefault(request.place(), List.of()).stream()
                    .filter(line -> answers(request).contains(line.getEvent()))
                    .filter(line -> !isDead || line.getEvent() != AuditEvent.IGNORED).toList();
            if (lines.size() + (isDead ? 1 : 0) != 1) {
                found.add(
                        Violation.of(
                                Invariant.EACH_REQUEST_IS_ANSWERED_ONCE,
                                request.cluster(),
                                request.id() + " at " + request.place() + " was answered " + lines.stream()
                                        .map(line -> line.getSequence() + " " + line.getEvent()).toList()
                                        + (isDead ? " and is a dead letter" : "")));
            }
        }
        return found;
    }

    private static Set<AuditEvent> answers(Request request) {
        return request.isDeploy() ? ANSWERS_TO_A_DEPLOY : ANSWERS_TO_A_CONTROL;
    }

    private static Place place(SourcePosition cause) {
        return new Place(cause.getTopic(), cause.getPartition(), cause.getOffset());
    }
}
