package io.keyfold.cli.topic;

import io.keyfold.contract.FaultCode;
import io.keyfold.contract.WorkerControl;
import io.keyfold.contract.WorkerState;
import io.keyfold.contract.WorkerStatus;
import io.keyfold.schemas.Topics;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// What keeps worker kinds from working, as operators have asked and as the workers tell.
///
/// @param controls by `<account>/<worker>`; says what is paused, whether or not a process runs that could tell
/// @param statuses by `<account>/<worker>`
public record WorkerHealth(Map<String, WorkerControl> controls, Map<String, WorkerStatus> statuses) {
    public WorkerHealth {
        controls = Map.copyOf(controls);
        statuses = Map.copyOf(statuses);
    }

    /// @param worker `<account>/<worker>`
    /// @param words  since when, by whom or what, and why
    /// @param remedy what to do
    public record Ailment(String worker, String words, String remedy) {}

    public static WorkerHealth read(TopicReader topics) {
        return new WorkerHealth(
                topics.latestOfEach(Topics.WORKER_CONTROL), topics.latestOfEach(Topics.WORKER_STATUS));
    }

    /// The last pause of this worker kind, if it is in force.
    public Optional<WorkerControl> pause(String worker) {
        return Optional.ofNullable(controls.get(worker)).filter(WorkerControl::getPaused);
    }

    /// All that is not as it should be, in the order of the workers' names.
    public List<Ailment> ailments() {
        var workers = new TreeSet<>(controls.keySet());
        workers.addAll(statuses.keySet());
        return workers.stream().flatMap(worker -> ailment(worker).stream()).toList();
    }

    public Optional<Ailment> ailment(String worker) {
        return pause(worker).map(pause -> new Ailment(worker, words(pause), "keyfold resume " + flags(worker)))
                .or(() -> Optional.ofNullable(statuses.get(worker))
                        .filter(status -> status.getState() == WorkerState.CIRCUIT_OPEN)
                        .map(status -> new Ailment(worker, words(status), remedy(status))));
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
