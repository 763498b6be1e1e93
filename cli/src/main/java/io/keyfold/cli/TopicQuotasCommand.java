package io.keyfold.cli;

import io.keyfold.cli.output.Table;
import io.keyfold.cli.topic.Preparation;
import io.keyfold.schemas.AccessRules;
import io.keyfold.schemas.Inspection;
import io.keyfold.schemas.RequestQuotas;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `keyfold topics quotas`: how much those who ask may write; shown, set, or compared with what is set.
@Command(
        name = "quotas",
        mixinStandardHelpOptions = true,
        description = "Shows how many bytes a second orchestrators and operators may write to each broker; sets that in Kafka"
                + " (--apply), or names what is otherwise (--verify). Who writes more is slowed down by Kafka, and nobody"
                + " else is. For a second orchestrator: once more, with --principal orchestrator=User:NAME.")
final class TopicQuotasCommand extends ClientCommand implements Callable<Integer> {
    @Option(names = "--apply", description = "Set what is missing or different.")
    private boolean apply;

    @Option(names = "--verify", description = "Compare with what is there, and change nothing.")
    private boolean verify;

    @Option(
            names = "--bytes-per-second",
            paramLabel = "N",
            description = "What each may write. Default: " + RequestQuotas.DEFAULT_BYTES_PER_SECOND
                    + ", which is more than a hundred requests each second.")
    private long bytesPerSecond = RequestQuotas.DEFAULT_BYTES_PER_SECOND;

    @Mixin
    private PrincipalOptions principals = new PrincipalOptions();

    @Override
    public Integer call() {
        if (apply && verify) {
            throw new CommandFailure(ExitCode.USAGE, "--apply and --verify were both given", "Give one of them");
        }
        if (bytesPerSecond < 1) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--bytes-per-second is " + bytesPerSecond, "Give 1 or more; to let nobody write"
                            + " anything, take away the right: keyfold topics acls");
        }
        var quotas = quotas();
        if (!apply && !verify) {
            var table = new Table("USER", "BYTES A SECOND");
            new TreeMap<>(quotas.byUser()).forEach((user, bytes) -> table.row(user, String.valueOf(bytes)));
            System.out.println(table);
            return ExitCode.OK;
        }
        var preparation = new Preparation(connection());
        return print(apply ? preparation.setQuotas(quotas) : preparation.verifyQuotas(quotas));
    }

    private RequestQuotas quotas() {
        var everybody = new AccessRules("default", "default", principals.named()).principals();
        try {
            return new RequestQuotas(everybody, bytesPerSecond);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()),
                    "Give users: --principal WHO=User:NAME");
        }
    }

    private static int print(List<Inspection> found) {
        InspectionTable.print(
                "USER", "QUOTA", found, state -> state == Inspection.State.CREATED ? "SET" : state.name());
        var bad = found.stream().filter(inspection -> !inspection.isGood()).count();
        if (bad > 0) {
            throw new CommandFailure(
                    ExitCode.UNHEALTHY, bad + " of " + found.size() + " quotas are not as they are wanted",
                    "Set them, as a user who may alter the cluster: keyfold topics quotas --apply");
        }
        return ExitCode.OK;
    }
}
