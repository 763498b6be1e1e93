package io.keyfold.cli.topic;

import io.keyfold.contract.FaultCode;
import io.keyfold.contract.WorkerControl;
import io.keyfold.contract.WorkerKind;
import io.keyfold.contract.WorkerState;
import io.keyfold.contract.WorkerStatus;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.Topics;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// What keeps worker kinds from working, as operators have asked and as the workers tell.
///
/// @param controls  by `<account>/<worker>`; says what is paused, whether or not a process runs that could tell
/// @param statuses  by `<account>/<worker>`
/// @param unheeded  controls that no process heeds, by their key, and why not
/// @param unreadable statuses that nobody can read, by their key, and why not
public record WorkerHealth(
        Map<String, WorkerControl> controls,
        Map<String, WorkerStatus> statuses,
        Map<String, String> unheeded,
        Map<String, String> unreadable) {
    private static final String NO_WORKERS_KEY =
            "No worker has this key, so nothing need be done. A record of that key without a value takes it out of ";

    public WorkerHealth {
        controls = Map.copyOf(controls);
        statuses = Map.copyOf(statuses);
        unheeded = Map.copyOf(unheeded);
        unreadable = Map.copyOf(unreadable);
    }

    /// @param worker `<account>/<worker>`
    /// @param words  since when, by whom or what, and why
    /// @param remedy what to do
    public record Ailment(String worker, String words, String remedy) {}

    public static WorkerHealth read(TopicReader topics) {
        return of(
                topics.latestOfEachAsItIs(Topics.WORKER_CONTROL), topics.latestOfEachAsItIs(Topics.WORKER_STATUS));
    }

    /// @param controls the last of each key
    /// @param statuses the last of each key
    static WorkerHealth of(
            Map<String, Decoded<WorkerControl>> controls, Map<String, Decoded<WorkerStatus>> statuses) {
        var heeded = new TreeMap<String, WorkerControl>();
        var unheeded = new TreeMap<String, String>();
        controls.forEach((key, control) -> {
            switch (control) {
                case Decoded.Value<WorkerControl>(var value) when isWorkers(key) && about(value).equals(key) ->
                    heeded.put(key, value);
                case Decoded.Value<WorkerControl>(var value) -> unheeded.put(key, "it is about " + about(value));
                default -> unheeded.put(key, whyNot(control));
            }
        });
        var told = new TreeMap<String, WorkerStatus>();
        var unreadable = new TreeMap<String, String>();
        statuses.forEach((key, status) -> {
            if (status instanceof Decoded.Value<WorkerStatus>(var value)) {
                told.put(key, value);
            } else {
                unreadable.put(key, whyNot(status));
            }
        });
        return new WorkerHealth(heeded, told, unheeded, unreadable);
    }

    /// As its key has to be.
    private static String about(WorkerControl control) {
        return control.getAccount() + "/" + service(control.getWorker());
    }

    private static String service(WorkerKind worker) {
        return worker.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String whyNot(Decoded<?> value) {
        return switch (value) {
            case Decoded.Unreadable<?>(var reason, var why) -> reason + ": " + why;
            case Decoded.RegistryUnavailable<?>(var why) -> why;
            case Decoded.Value<?> _ -> "";
        };
    }

    /// The last pause of this worker kind, if it is in force.
    public Optional<WorkerControl> pause(String worker) {
        return Optional.ofNullable(controls.get(worker)).filter(WorkerControl::getPaused);
    }

    /// Whether what was asked last of this worker kind is heeded by none of its processes.
    public boolean isUnheeded(String worker) {
        return unheeded.containsKey(worker);
    }

    /// All that is not as it should be, in the order of the workers' names.
    public List<Ailment> ailments() {
        var workers = new TreeSet<>(controls.keySet());
        workers.addAll(statuses.keySet());
        workers.addAll(unheeded.keySet());
        workers.addAll(unreadable.keySet());
        return workers.stream().flatMap(worker -> ailment(worker).stream()).toList();
    }

    public Optional<Ailment> ailment(String worker) {
        return unheededControl(worker)
                .or(() -> pause(worker).map(
                        pause -> new Ailment(worker, words(pause), "keyfold resume " + flags(worker))))
                .or(() -> unreadableStatus(worker))
                .or(() -> Optional.ofNullable(statuses.get(worker))
                        .filter(status -> status.getState() == WorkerState.CIRCUIT_OPEN)
                        .map(status -> new Ailment(worker, words(status), remedy(status))));
    }

    private Optional<Ailment> unheededControl(String worker) {
        return Optional.ofNullable(unheeded.get(worker)).map(
                why -> new Ailment(
                        worker,
                        "the last record under its key in " + Topics.WORKER_CONTROL + " is not heeded (" + why
                                + "). A process that runs does what was asked before, one that starts later may not know it",
                        isWorkers(worker)
                                ? "Ask again: keyfold pause " + flags(worker) + ", or keyfold resume " + flags(worker)
                                : NO_WORKERS_KEY + Topics.WORKER_CONTROL));
    }

    private Optional<Ailment> unreadableStatus(String worker) {
        return Optional.ofNullable(unreadable.get(worker)).map(
                why -> new Ailment(
                        worker,
                        "the last record under its key in " + Topics.WORKER_STATUS + " cannot be read: " + why,
                        isWorkers(worker)
                                ? "Nothing, if one of its processes runs: it tells anew how it stands"
                                : NO_WORKERS_KEY + Topics.WORKER_STATUS));
    }

    /// Whether it is the key of a worker kind in some account.
    private static boolean isWorkers(String key) {
        return key.indexOf('/') > 0 && Arrays.stream(WorkerKind.values()).filter(kind -> kind != WorkerKind.UNKNOWN)
                .anyMatch(kind -> key.endsWith("/" + service(kind)));
    }

    /// "paused by alice since 2026-01-01T00:00:00Z: maintenance"
    public static String words(WorkerControl pause) {
        return "paused by " + (pause.getRequestedBy().isEmpty() ? "someone unnamed" : pause.getRequestedBy())
                + " since " + pause.getRequestedAt().truncatedTo(ChronoUnit.SECONDS)
                + (pause.getReason().isEmpty() ? "" : ": " + pause.getReason());
    }

    /// As the command line takes it.
    public static String flags(String worker) {
        var account = worker.substring(0, worker.lastIndexOf('/'));
        return "--worker " + worker.substring(worker.lastIndexOf('/') + 1)
                + (account.equals("default") ? "" : " --account " + account) + " --yes";
    }

    private static String words(WorkerStatus status) {
        return "its circuit is open since " + status.getSince().truncatedTo(ChronoUnit.SECONDS) + ", last tried by "
                + status.getToldBy() + " at " + status.getToldAt().truncatedTo(ChronoUnit.SECONDS) + ": "
                + status.getWhy();
    }

    private static String remedy(WorkerStatus status) {
        var fault = status.getFault();
        return fault != null && fault.getCode() == FaultCode.CREDENTIALS_REJECTED
                ? "Make its API key valid again, or put a valid one into the file that it reads it from: it then goes on by"
                        + " itself. One that it got as a setting takes a restart"
                : "Nothing, if it passes: it tries again by itself. Else see whether that API can be reached from there";
    }
}
