package io.keyfold.cli.output;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.RunKind;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Why a cluster is in the state that it is in, in sentences: what holds, how its latest run came to that, what is left
/// in the account, what to do now.
public final class Explanation {
    /// What goes on all the time and explains nothing by itself.
    private static final Set<AuditEvent> CHATTER = EnumSet.of(
            AuditEvent.STEP_STARTED, AuditEvent.DELETE_STARTED, AuditEvent.LEDGER_ANSWERED, AuditEvent.IGNORED);

    private final ClusterEncryptionStatus status;
    private final List<ClusterEncryptionAudit> audit;

    /// @param audit all records of the cluster
    public Explanation(ClusterEncryptionStatus status, Collection<ClusterEncryptionAudit> audit) {
        this.status = status;
        this.audit = List.copyOf(audit);
    }

    public String text() {
        var parts = new ArrayList<String>();
        parts.add(whatHolds());
        var run = status.getLastRun();
        if (run != null) {
            parts.add(howItWent(run));
            parts.add(story(run));
        }
        parts.add(whatIsThere());
        parts.add(whatNow(run));
        return parts.stream().filter(part -> !part.isEmpty()).collect(Collectors.joining("\n\n"));
    }

    private String whatHolds() {
        var since = status.getStandingSince();
        return Text.harmless(status.getClusterId()) + switch (status.getStanding()) {
            case CUSTOMER_MANAGED -> " is encrypted with the customer's root key" + keys();
            case PROVIDER_MANAGED -> " is encrypted with IBM's own keys, as was asked for";
            case DRIFTED -> " was encrypted with the customer's root key" + keys() + ", and not all of that is as it"
                    + " should be any more";
            case DEPROVISIONED -> " has been deprovisioned: its encryption was removed";
            case NONE, UNKNOWN -> " is not encrypted: nothing has been brought about for it";
        } + (since == null ? "." : ", since " + Text.second(since) + ".");
    }

    private String keys() {
        var names = status.getStorage().stream().map(storage -> storage.getRootKeyName())
                .filter(name -> !name.isEmpty()).distinct().map(name -> "\"" + Text.harmless(name) + "\"").toList();
        return names.isEmpty() ? "" : " " + String.join(" and ", names);
    }

    private String howItWent(RunStatus run) {
        var words =
                new StringBuilder(run.getRun() == 0 ? "The latest request" : "The latest run, number " + run.getRun());
        words.append(", a ").append(kind(run.getKind())).append(" asked for");
        if (!run.getRequestedBy().isEmpty()) {
            words.append(" by ").append(run.getRequestedBy());
        }
        words.append(" with request ").append(run.getRequestId()).append(", ").append(state(run.getState()));
        var ended = run.getEndedAt();
        if (ended != null && run.getRun() != 0) {
            words.append(" after ").append(Text.duration(Duration.between(run.getStartedAt(), ended)));
        }
        words.append('.');
        if (!run.getViolations().isEmpty()) {
            return Stream.concat(
                    Stream.of(words + " It broke these rules:"),
                    run.getViolations().stream().map(violation -> "  - " + violation))
                    .map(Text::harmless).collect(Collectors.joining("\n"));
        }
        var why = StatusReport.why(run);
        if (!why.isEmpty()) {
            words.append(' ').append(run.getFault() == null ? "" : "Because: ").append(why);
        }
        var fault = run.getFault();
        if (fault != null && !why.contains(fault.getTransactionId())) { // every text contains the empty one
            words.append(" IBM's transaction is ").append(fault.getTransactionId()).append('.');
        }
        return Text.harmless(words.toString());
    }

    private static String kind(RunKind kind) {
        return kind == RunKind.UNKNOWN ? "request" : kind.name().toLowerCase(Locale.ROOT);
    }

    private static String state(RunState state) {
        return switch (state) {
            case IN_PROGRESS -> "is going on";
            case COMPENSATING -> "is being undone";
            case COMPLETED -> "completed";
            case FAILED -> "failed and was undone";
            case CANCELLED -> "was cancelled and undone";
            case REJECTED -> "was rejected, and nothing was done";
            case COMPENSATION_FAILED -> "could not be undone wholly and waits for a person";
            case KEY_IN_USE -> "waits for a root key that is still in use";
            case UNKNOWN -> "is in a state that this version does not know";
        };
    }

    /// What happened in the run, each wait of a step told once with how often it was.
    private String story(RunStatus run) {
        var table = Table.plain();
        Map<StepName, Integer> waits = new EnumMap<>(StepName.class);
        for (var line : audit) {
            if (line.getRun() != run.getRun() || CHATTER.contains(line.getEvent())) {
                continue;
            }
            if (line.getEvent() == AuditEvent.STEP_DEFERRED && waits.merge(line.getStep(), 1, Integer::sum) > 1) {
                continue;
            }
            table.row("", "+" + Text.duration(Duration.between(run.getStartedAt(), line.getOccurredAt())),
                    line.getMessage());
        }
        waits.forEach((step, count) -> {
            if (count > 1) {
                table.row("", "", step + " waited " + count + " times in all: keyfold history --run " + run.getRun());
            }
        });
        var lines = table.lines();
        return lines.isEmpty() ? "" : "What happened:\n" + String.join("\n", lines);
    }

    private String whatIsThere() {
        if (status.getResources().isEmpty()) {
            return status.getStanding() == Standing.PROVIDER_MANAGED ? ""
                    : "Nothing of it is listed in the IBM Cloud account.";
        }
        var table = Table.plain();
        for (var resource : status.getResources()) {
            table.row("", resource.getKind().name(), Text.orDash(resource.getName()), whose(resource),
                    resource.getCrn().isEmpty() ? resource.getId() : resource.getCrn());
        }
        return "In the IBM Cloud account:\n" + table;
    }

    private static String whose(ResourceStatus resource) {
        var ownership = resource.getOwnership();
        return switch (ownership) {
            case CREATED -> "made by run " + resource.getRun();
            case ADOPTED -> "somebody else's, never deleted";
            case SKIPPED -> "taken to exist, not looked at";
            case RETAINED -> "made by us, kept for " + String.join(", ", resource.getRetainedFor());
            case UNUSED -> "made by us, unused: keyfold remove";
            case UNKNOWN -> Ownership.UNKNOWN.name();
        };
    }

    private String whatNow(@Nullable RunStatus run) {
        var words = new ArrayList<String>();
        var paused = status.getPaused();
        if (paused != null) {
            words.add("It is paused since " + Text.second(paused.getSince()) + " by " + paused.getRequestedBy()
                    + (paused.getReason().isEmpty() ? "" : ": " + paused.getReason()) + ".");
        }
        if (run != null && !run.getRemedy().isEmpty()) {
            words.add(run.getRemedy());
        }
        var verification = status.getVerification();
        if (verification != null) {
            verification.getFindings().forEach(finding -> words.add(VerificationTable.line(finding)));
        }
        return "What to do now: " + (words.isEmpty() ? "nothing." : Text.harmless(String.join(" ", words)));
    }
}
