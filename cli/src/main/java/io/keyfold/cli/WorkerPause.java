package io.keyfold.cli;

import io.keyfold.cli.output.Table;
import io.keyfold.cli.topic.Connection;
import io.keyfold.cli.topic.RequestPublisher;
import io.keyfold.cli.topic.TopicReader;
import io.keyfold.cli.topic.WorkerHealth;
import io.keyfold.contract.RunState;
import io.keyfold.contract.WorkerControl;
import io.keyfold.contract.WorkerState;
import io.keyfold.contract.WorkerStatus;
import io.keyfold.schemas.Topics;
import io.keyfold.workers.WorkerKind;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Pauses or resumes worker kinds of an account: shown first, then done, and what could not be done is listed.
final class WorkerPause {
    private static final Set<RunState> GOING = EnumSet.of(RunState.IN_PROGRESS, RunState.COMPENSATING);

    private final Connection connection;
    private final boolean pauses;
    private final String reason;
    private final Duration answerWithin;

    WorkerPause(Connection connection, boolean pauses, String reason, Duration answerWithin) {
        this.connection = connection;
        this.pauses = pauses;
        this.reason = reason;
        this.answerWithin = answerWithin;
    }

    /// @param isMeant false: only what would be done is shown
    int run(Set<WorkerKind> kinds, String account, boolean isMeant) {
        List<WorkerControl> controls = new ArrayList<>();
        Map<String, String> notDone = new TreeMap<>();
        var table = new Table("WORKER", "IS", "WILL BE");
        try (var topics = new TopicReader(connection)) {
            var health = WorkerHealth.read(topics);
            for (var kind : kinds) {
                var key = account + "/" + kind.service();
                var pause = health.pause(key);
                if (pause.isPresent() == pauses && !health.isUnheeded(key)) {
                    notDone.put(key, pause.map(held -> "it is " + WorkerHealth.words(held) + " already")
                            .orElse("it is not paused"));
                } else {
                    controls.add(control(account, kind));
                }
                table.row(
                        key,
                        health.ailment(key).map(WorkerHealth.Ailment::words).orElse("not paused"),
                        pauses ? "paused" : "not paused");
            }
            System.out.println(table);
            System.out.println("Runs going in this account: " + going(topics, account)
                    + (pauses ? "; what they need of a paused worker waits, and their clocks with it." : "."));
        }
        if (!isMeant) {
            System.out.println("Nothing was asked for yet. To do it: add --yes");
            return ExitCode.OK;
        }
        return ask(controls, notDone);
    }

    private static long going(TopicReader topics, String account) {
        return topics.latestOfEach(Topics.CLUSTER_ENCRYPTION_STATUS).values().stream()
                .filter(status -> status.getClusterId().startsWith(account + "/"))
                .filter(status -> status.getLastRun() != null && GOING.contains(status.getLastRun().getState()))
                .count();
    }

    private int ask(List<WorkerControl> controls, Map<String, String> notDone) {
        try (var publisher = new RequestPublisher(connection)) {
            controls.forEach(control -> publisher.publish(key(control), control));
        }
        var unheard = unheard(controls);
        unheard.forEach(
                worker -> notDone.put(
                        worker,
                        "none of its processes has said so within " + answerWithin.toSeconds()
                                + " s; one that starts later heeds it: keyfold doctor"));
        System.out.println("Asked for " + controls.size() + ", not done for " + notDone.size() + ".");
        if (!notDone.isEmpty()) {
            var table = new Table("NOT DONE FOR", "WHY");
            notDone.forEach(table::row);
            System.out.println(table);
        }
        return !unheard.isEmpty() ? ExitCode.TIMED_OUT : notDone.isEmpty() ? ExitCode.OK : ExitCode.REFUSED;
    }

    /// Those of which no process has taken the control up in time.
    private List<String> unheard(List<WorkerControl> controls) {
        var until = Instant.now().plus(answerWithin);
        try (var topics = new TopicReader(connection)) {
            while (true) {
                var statuses = WorkerHealth.read(topics).statuses();
                var left = controls.stream().filter(control -> !isHeard(control, statuses.get(key(control))))
                        .map(WorkerPause::key).toList();
                if (left.isEmpty() || Instant.now().isAfter(until)) {
                    return left;
                }
            }
        }
    }

    /// Not by the time of telling: the clocks there are not ours.
    private static boolean isHeard(WorkerControl control, @Nullable WorkerStatus told) {
        return told != null && (control.getPaused()
                ? told.getState() == WorkerState.PAUSED && told.getSince().equals(control.getRequestedAt())
                : told.getState() != WorkerState.PAUSED);
    }

    private WorkerControl control(String account, WorkerKind kind) {
        return WorkerControl.newBuilder()
                .setControlId("cli-" + UUID.randomUUID())
                .setAccount(account)
                .setWorker(io.keyfold.contract.WorkerKind.valueOf(kind.name()))
                .setPaused(pauses)
                .setReason(reason)
                .setRequestedBy(System.getProperty("user.name"))
                .setRequestedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                .build();
    }

    private static String key(WorkerControl control) {
        return control.getAccount() + "/" + WorkerKind.valueOf(control.getWorker().name()).service();
    }
}
