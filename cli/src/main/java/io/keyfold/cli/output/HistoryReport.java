package io.keyfold.cli.output;

import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.StepName;
import java.util.Collection;

/// What has become of one cluster, record by record of its audit.
public final class HistoryReport {
    private HistoryReport() {}

    public static String table(Collection<ClusterEncryptionAudit> lines) {
        var table = new Table("NUMBER", "TIME", "RUN", "EVENT", "STEP", "FROM", "TO", "BY", "WHAT");
        for (var line : lines) {
            table.row(
                    String.valueOf(line.getSequence()),
                    line.getOccurredAt().toString(),
                    line.getRun() == 0 ? "-" : String.valueOf(line.getRun()),
                    line.getEvent().name(),
                    line.getStep() == StepName.UNKNOWN ? "-" : line.getStep().name(),
                    Text.orDash(line.getFromState()),
                    Text.orDash(line.getToState()),
                    Text.orDash(line.getActor()),
                    line.getMessage());
        }
        return table.toString();
    }
}
