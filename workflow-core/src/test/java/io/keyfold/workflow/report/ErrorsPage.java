package io.keyfold.workflow.report;

import io.keyfold.workflow.request.RefusalCode;
import io.keyfold.workflow.request.ResourceKind;
import io.keyfold.workflow.saga.FaultCode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The text of `docs/errors.md`, made from [Remedy].
final class ErrorsPage {
    private static final List<ResourceKind> KINDS = List
            .of(ResourceKind.KMS_INSTANCE, ResourceKind.ROOT_KEY, ResourceKind.AUTHORIZATION_POLICY);

    private ErrorsPage() {}

    static String text() {
        return """
                # Errors

                Every error has a code that can be counted and that stays the same in status, audit, log and command line;
                a message in three sentences (what happened, why, what to do next); and, where IBM Cloud gave them, IBM's
                own code, message and transaction id. This page is made from the code: a test fails when it is stale.

                ## Refusals

                A refused request or control changes nothing. `INVALID_REQUEST`, `NOT_YET_SUPPORTED`, `REGION_FIXED`
                and `KEY_MATERIAL_FIXED` end as a `REJECTED` run that lists every broken rule; a record of `KEY_MISMATCH`
                goes to `keyfold-dead-letters`; the others stand in the audit only, since a run may be going. `CLUSTER` is
                `<account>/<cluster_prefix>`, for example `default/hpc-1`.

                | code | meaning | what to do |
                | --- | --- | --- |
                %s
                ## Faults

                A step that fails ends the run: what the run created is deleted again, then the run is `FAILED`. While a
                fault may pass, the step is `DEFERRED` and asked again until the run's deadline. If deleting fails, the
                run is parked as `COMPENSATION_FAILED` or `KEY_IN_USE` and waits for a person: mend the reason, then
                `keyfold retry CLUSTER`; `KEY_IN_USE` also goes on by itself, within a day. What is kept because
                of `KEYS_REMAIN` or `REGISTRATIONS_REMAIN` is `RETAINED`: its deletion is asked for again by itself, within
                a day, and `keyfold retry` has nothing to do. A `remove` that something stands in the way of waits for
                nobody: it is `FAILED`, and nothing is asked for again by itself. After a `FAILED` run, mend the reason,
                then `keyfold retry CLUSTER` too, or deploy again under a new `request_id`.

                | code | meaning | what to mend |
                | --- | --- | --- |
                %s"""
                .formatted(
                        rows(RefusalCode.values(), code -> row(code, Remedy.meaning(code), Remedy.mend(code))),
                        rows(FaultCode.values(), code -> row(code, Remedy.meaning(code), mend(code))));
    }

    private static <C extends Enum<C>> String rows(C[] codes, Function<C, String> row) {
        return Arrays.stream(codes).sorted(Comparator.comparing(Enum::name)).map(row)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String row(Enum<?> code, String meaning, String remedy) {
        return "| `" + code + "` | " + meaning + " | " + (remedy.isEmpty() ? "Nothing." : remedy) + " |";
    }

    /// One text if it is the same for every kind of thing, else one a kind.
    private static String mend(FaultCode code) {
        Map<String, String> byText = new LinkedHashMap<>();
        KINDS.forEach(kind -> byText.merge(Remedy.mend(code, Optional.of(kind)), words(kind), (a, b) -> a + ", " + b));
        return byText.size() == 1 ? byText.keySet().iterator().next()
                : byText.entrySet().stream().map(entry -> entry.getValue() + ": " + entry.getKey())
                        .collect(Collectors.joining("<br>"));
    }

    private static String words(ResourceKind kind) {
        return switch (kind) {
            case KMS_INSTANCE -> "KMS instance";
            case ROOT_KEY -> "Root key";
            case AUTHORIZATION_POLICY -> "Authorization";
        };
    }
}
