package io.keyfold.cli.output;

import io.keyfold.contract.ClusterEncryptionStatus;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The clusters as they advance: on a terminal one table that is written over, in a pipe one line for each change.
public final class Board {
    /// A taller table would scroll away under the cursor.
    private static final int MOST_ROWS = 30;

    private final StatusReport report;
    private final Terminal terminal;
    private final Consumer<String> out;
    private final Map<String, ClusterEncryptionStatus> latest = new TreeMap<>();
    private int linesShown;

    public Board(StatusReport report, Terminal terminal, Consumer<String> out) {
        this.report = report;
        this.terminal = terminal;
        this.out = out;
    }

    /// Shows these statuses, which have just changed.
    public void show(Collection<ClusterEncryptionStatus> changed) {
        if (changed.isEmpty()) {
            return;
        }
        if (!terminal.isLive()) {
            changed.forEach(this::showLine);
            return;
        }
        changed.forEach(status -> latest.put(status.getClusterId(), status));
        if (latest.size() <= MOST_ROWS) {
            var table = new Table("CLUSTER", "STANDING", "LAST RUN", "STEPS");
            latest.values().forEach(status -> table.row(
                    status.getClusterId(),
                    report.standing(status.getStanding()),
                    status.getLastRun() == null ? "-" : report.state(status.getLastRun().getState()),
                    report.steps(status.getSteps())));
            out.accept(terminal.rewind(linesShown) + terminal.cutOff(table.toString()));
            linesShown = table.lines().size();
        } else {
            changed.forEach(status -> out.accept(report.line(status, true)));
        }
    }

    /// A status that looks like the one before says nothing new; why a run is as it is, is said once.
    private void showLine(ClusterEncryptionStatus status) {
        var before = latest.put(status.getClusterId(), status);
        if (before == null || !stateOf(before).equals(stateOf(status))) {
            out.accept(report.line(status, true));
        } else if (!report.steps(before.getSteps()).equals(report.steps(status.getSteps()))) {
            out.accept(report.line(status, false));
        }
    }

    private static String stateOf(ClusterEncryptionStatus status) {
        var run = status.getLastRun();
        return status.getStanding() + (run == null ? "" : " " + run.getRequestId() + " " + run.getState());
    }
}
