package io.keyfold.cli.output;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.RunKind;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepStatus;
import io.keyfold.contract.StorageStatus;
import io.keyfold.contract.VerificationOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// A cluster's status for people: one row of a fleet, one line of a live log, or everything about one cluster.
public final class StatusReport {
    private final Terminal terminal;

    public StatusReport(Terminal terminal) {
        this.terminal = terminal;
    }

    /// One row a cluster.
    public String fleet(Collection<ClusterEncryptionStatus> statuses) {
        var table = new Table("CLUSTER", "STANDING", "SINCE", "LAST RUN", "WHAT");
        for (var status : statuses) {
            var run = Optional.ofNullable(status.getLastRun());
            table.row(
                    status.getClusterId(),
                    standing(status.getStanding()),
                    Optional.ofNullable(status.getStandingSince()).map(Text::second).orElse("-"),
                    run.map(it -> kind(it) + state(it.getState())).orElse("-"),
                    drift(status).or(() -> run.map(StatusReport::why)).orElse(""));
        }
        return table.toString();
    }

    /// One line for one change: time, cluster, state, the steps as they are, and why it is so.
    public String line(ClusterEncryptionStatus status, boolean withReason) {
        var run = Optional.ofNullable(status.getLastRun());
        var words = new ArrayList<String>();
        words.add(Text.clock(status.getUpdatedAt()));
        words.add(Text.harmless(status.getClusterId()));
        words.add(run.map(it -> state(it.getState())).orElse("-"));
        words.add("(" + standing(status.getStanding()) + ")");
        words.add(steps(status.getSteps()));
        drift(status)
                .or(() -> run.map(StatusReport::why))
                .filter(why -> withReason && !why.isEmpty())
                .ifPresent(why -> words.add("- " + why));
        return words.stream().filter(word -> !word.isEmpty()).collect(Collectors.joining("  "));
    }

    /// Everything about one cluster.
    public String detail(ClusterEncryptionStatus status) {
        var parts = new ArrayList<String>();
        parts.add(summary(status));
        addUnlessEmpty(parts, storage(status.getStorage()));
        addUnlessEmpty(parts, resources(status.getResources()));
        addUnlessEmpty(parts, stepTable(status));
        return String.join("\n\n", parts);
    }

    /// `instance CREATED, key RUNNING, …`
    public String steps(List<StepStatus> steps) {
        return steps.stream()
                .map(step -> stepName(step) + " " + stepState(step.getState()))
                .collect(Collectors.joining(", "));
    }

    public String standing(Standing standing) {
        return switch (standing) {
            case CUSTOMER_MANAGED, PROVIDER_MANAGED -> terminal.good(standing.name());
            case DRIFTED -> terminal.bad(standing.name());
            default -> standing.name();
        };
    }

    public String state(RunState state) {
        return switch (state) {
            case COMPLETED -> terminal.good(state.name());
            case IN_PROGRESS, COMPENSATING -> terminal.busy(state.name());
            case FAILED, REJECTED, COMPENSATION_FAILED, KEY_IN_USE -> terminal.bad(state.name());
            default -> state.name();
        };
    }

    /// Why the run is how it is, on one line.
    public static String why(RunStatus run) {
        var fault = run.getFault();
        var violations = run.getViolations();
        var others = violations.size() > 1 ? " (and " + (violations.size() - 1) + " more)" : "";
        var why = !violations.isEmpty()
                ? violations.getFirst() + others
                : fault != null && !fault.getMessage().isEmpty() ? fault.getMessage() : run.getMessage();
        return Text.harmless(why);
    }

    /// What the latest verification found, where nothing newer is to be told.
    private static Optional<String> drift(ClusterEncryptionStatus status) {
        var verification = status.getVerification();
        var run = status.getLastRun();
        return verification == null || verification.getFindings().isEmpty() || run == null
                || run.getState() != RunState.COMPLETED
                        ? Optional.empty()
                        : Optional.of(Text.harmless("Verification: " + verification.getFindings().stream()
                                .map(finding -> finding.getStep() + " " + finding.getCondition())
                                .collect(Collectors.joining(", "))));
    }

    public String outcome(VerificationOutcome outcome) {
        return switch (outcome) {
            case INTACT -> terminal.good(outcome.name());
            case DRIFTED -> terminal.bad(outcome.name());
            case INCOMPLETE, UNKNOWN -> outcome.name();
        };
    }

    private void verification(Table table, ClusterEncryptionStatus status) {
        var verification = status.getVerification();
        if (verification == null) {
            return;
        }
        var at = verification.getVerifiedAt();
        table.row(
                "verified",
                outcome(verification.getOutcome()) + (at == null ? "" : " at " + Text.second(at))
                        + by(verification.getRequestedBy(), "of"));
        verification.getFindings().forEach(finding -> table.row("", VerificationTable.line(finding)));
    }

    private String summary(ClusterEncryptionStatus status) {
        var table = Table.plain()
                .row("cluster", terminal.bold(Text.harmless(status.getClusterId())) + named(status.getExternalId()))
                .row("standing", standing(status.getStanding()) + since(status))
                .row("region", Text.orDash(status.getRegion()) + keyRegion(status))
                .row("revision", status.getRevision() + " of " + Text.second(status.getUpdatedAt()));
        verification(table, status);
        var paused = status.getPaused();
        if (paused != null) {
            table.row("paused",
                    terminal.busy("since " + Text.second(paused.getSince())) + by(paused.getRequestedBy(), "by")
                            + (paused.getReason().isEmpty() ? "" : ": " + Text.harmless(paused.getReason())));
        }
        var run = status.getLastRun();
        if (run == null) {
            return table.toString();
        }
        table.row("last run",
                kind(run) + state(run.getState()) + ", number " + run.getRun() + ", request " + run.getRequestId()
                        + by(run.getRequestedBy(), "of") + took(run));
        var stopped = run.getClockStoppedUntil();
        var deadline = run.getDeadline();
        if (stopped != null && deadline != null) {
            table.row("clock", "stands still until " + Text.second(stopped) + " for a worker that calls nothing; the"
                    + " deadline has moved to " + Text.second(deadline));
        }
        for (var violation : run.getViolations()) {
            table.row("", violation);
        }
        var fault = run.getFault();
        if (fault != null) {
            table.row("why", fault.getCode() + ": " + fault.getMessage());
            if (!fault.getIbmCode().isEmpty() || !fault.getIbmMessage().isEmpty()) {
                table.row("IBM says",
                        fault.getIbmCode() + " " + fault.getIbmMessage() + transaction(fault.getTransactionId()));
            }
        }
        var message = fault == null ? run.getMessage() : besides(fault.getMessage(), run.getMessage());
        if (!message.isEmpty()) {
            table.row("message", message);
        }
        if (!run.getRemedy().isEmpty()) {
            table.row("what next", run.getRemedy());
        }
        return table.toString();
    }

    /// The run's message without the fault that has been told before it.
    private static String besides(String fault, String message) {
        return message.equals(fault) ? ""
                : message.replace(": " + fault + (fault.endsWith(".") ? " " : ". "), ". ");
    }

    private String storage(List<StorageStatus> all) {
        var table = new Table("STORAGE", "ENCRYPTION", "ROOT KEY", "", "REGISTERED", "AUTHORIZATION", "", "COVERS");
        for (var storage : all) {
            var registrations = storage.getRegistrations();
            table.row(
                    storage.getStorageService().name(),
                    standing(storage.getEncryption()),
                    Text.orDash(storage.getRootKeyName()),
                    ownership(storage.getRootKeyOwnership()),
                    registrations == null ? "-" : registrations.toString(),
                    Text.orDash(storage.getAuthorizationId()),
                    ownership(storage.getAuthorizationOwnership()),
                    storage.getAuthorizationScope());
        }
        return table.isEmpty() ? "" : table.toString();
    }

    private String resources(List<ResourceStatus> all) {
        var table = new Table("RESOURCE", "WHOSE", "NAME", "RUN", "SINCE", "CRN OR ID");
        for (var resource : all) {
            table.row(
                    resource.getKind().name(),
                    ownership(resource.getOwnership())
                            + (resource.getRetainedFor().isEmpty()
                                    ? ""
                                    : " for " + String.join(", ", resource.getRetainedFor())),
                    Text.orDash(resource.getName()) + rotation(resource) + deletion(resource),
                    String.valueOf(resource.getRun()),
                    Text.second(resource.getSince()),
                    Text.orDash(resource.getCrn().isEmpty() ? resource.getId() : resource.getCrn()));
        }
        return table.isEmpty() ? "" : table.toString();
    }

    private static String rotation(ResourceStatus resource) {
        var months = resource.getRotationIntervalMonths();
        return months == null ? "" : ", rotated every " + (months == 1 ? "month" : months + " months");
    }

    private static String deletion(ResourceStatus resource) {
        return resource.getDualAuthorizationDelete() ? ", deleted by two identities" : "";
    }

    private String stepTable(ClusterEncryptionStatus status) {
        var table = new Table("STEP", "STATE", "ATTEMPTS", "LAST ERROR", "NEXT");
        var fault = status.getLastRun() == null ? null : status.getLastRun().getFault();
        var told = fault == null ? "" : fault.getMessage();
        for (var step : status.getSteps()) {
            var error = step.getLastError();
            table.row(
                    step.getStep().name(),
                    stepState(step.getState()),
                    String.valueOf(step.getAttempts()),
                    error == null ? "-"
                            : error.getCode() + " "
                                    + (isIn(told, error.getMessage()) ? "(see why)" : error.getMessage()),
                    Text.orDash(restorable(step) + step.getNext()));
        }
        return table.isEmpty() ? "" : table.toString();
    }

    private static boolean isIn(String told, String message) {
        return !message.isEmpty() && told.contains(message);
    }

    private static String restorable(StepStatus step) {
        var until = step.getRestorableUntil();
        return until == null ? "" : "Restorable until " + Text.second(until) + ". ";
    }

    private static String stepName(StepStatus step) {
        return switch (step.getStep()) {
            case KMS_INSTANCE -> "instance";
            case ROOT_KEY -> "key";
            case VSI_ROOT_KEY -> "vsi-key";
            case BLOCK_STORAGE_AUTHORIZATION -> "block";
            case FILE_STORAGE_AUTHORIZATION -> "file";
            case OBJECT_STORAGE_AUTHORIZATION -> "object";
            case UNKNOWN -> "?";
        };
    }

    private String stepState(String state) {
        return switch (state) {
            case "CREATED", "ADOPTED", "KEPT", "SKIPPED" -> terminal.good(state);
            case "FAILED", "KEY_IN_USE", "COMPENSATION_FAILED" -> terminal.bad(state);
            case "WAITING" -> terminal.faint(state);
            default -> terminal.busy(state);
        };
    }

    private static String ownership(Ownership ownership) {
        return ownership == Ownership.UNKNOWN ? "-" : ownership.name();
    }

    private static String named(String externalId) {
        return externalId.isEmpty() ? "" : " (" + Text.harmless(externalId) + ")";
    }

    private static String since(ClusterEncryptionStatus status) {
        var since = status.getStandingSince();
        return since == null ? "" : " since " + Text.second(since);
    }

    private static String keyRegion(ClusterEncryptionStatus status) {
        return status.getKmsRegion().isEmpty() || status.getKmsRegion().equals(status.getRegion())
                ? ""
                : ", Key Protect in " + status.getKmsRegion();
    }

    private static String kind(RunStatus run) {
        return run.getKind() == RunKind.DEPLOY || run.getKind() == RunKind.UNKNOWN ? ""
                : run.getKind().name().toLowerCase(Locale.ROOT) + " ";
    }

    private static String by(String person, String word) {
        return person.isEmpty() ? "" : " " + word + " " + Text.harmless(person);
    }

    private static String took(RunStatus run) {
        var ended = run.getEndedAt();
        return ended == null ? "" : ", took " + Text.duration(Duration.between(run.getStartedAt(), ended));
    }

    private static String transaction(String id) {
        return id.isEmpty() ? "" : " (transaction " + id + ")";
    }

    private static void addUnlessEmpty(List<String> parts, String part) {
        if (!part.isEmpty()) {
            parts.add(part);
        }
    }
}
