package io.keyfold.cli;

import io.keyfold.cli.topic.Connection;
import io.keyfold.monitoring.Monitor;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.workers.WorkerKind;
import io.keyfold.workers.WorkerService;
import io.keyfold.workers.WorkerSettings;
import io.keyfold.workers.WorkerStartException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `keyfold worker`: one worker kind or several in the foreground.
@Command(
        name = "worker",
        mixinStandardHelpOptions = true,
        description = "Runs workers: kms-instance, root-key, authorization, or all of them in one process.",
        footer = {
            "Secrets have no flag. The API key: KEYFOLD_IBM_API_KEY, or ibm.api.key in the settings file, or a file"
                    + " that --ibm-api-key-file names; of a"
                    + " further account KEYFOLD_ACCOUNT_<ALIAS>_IBM_API_KEY, or account.<alias>.ibm.api.key. The token of the"
                    + " vault that root keys' own material may lie in: KEYFOLD_MATERIAL_VAULT_TOKEN, or material.vault.token."})
final class WorkerCommand extends Configured implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "KIND", description = "kms-instance, root-key, authorization or all.")
    private List<String> kinds = new ArrayList<>();

    @Mixin
    private CloudOptions cloud = new CloudOptions();

    @Override
    ConfigDef settings() {
        return WorkerSettings.DEFINITION;
    }

    @Override
    Map<String, String> assumed() {
        var assumed = new HashMap<>(cloud.assumed());
        assumed.put(WorkerSettings.BOOTSTRAP_SERVERS, Connection.DEFAULT_BROKER);
        assumed.put(SerdeSettings.REGISTRY_URL, Connection.DEFAULT_REGISTRY);
        return assumed;
    }

    @Override
    public Integer call() throws InterruptedException {
        var wanted = WorkerKinds.named(kinds);
        var names = wanted.stream().map(WorkerKind::service).collect(Collectors.joining(","));
        var service = "keyfold-worker" + (wanted.size() == 1 ? "-" + names : "");
        Foreground.endWhenTheClockIsSetBack();
        var monitor = Foreground.monitor("worker", service, this::resolve);
        var workers = Foreground.startPatiently("worker", () -> start(wanted, resolve(), monitor));
        return Foreground.run(
                "worker",
                names,
                new Foreground.Service(workers, monitor, workers::awaitReady, workers::isHealthy, workers::await),
                "Kafka to take it into its consumer groups");
    }

    static WorkerService start(Set<WorkerKind> kinds, Map<String, String> settings, Monitor monitor) {
        try {
            return WorkerService.start(kinds, settings, monitor);
        } catch (WorkerStartException e) {
            var message = String.valueOf(e.getMessage());
            throw e.waitsFor().<RuntimeException>map(who -> new NotYetException(who, message))
                    .orElseGet(
                            () -> new CommandFailure(
                                    ExitCode.UNREACHABLE, message, "What is wrong around it: keyfold doctor"));
        }
    }
}
