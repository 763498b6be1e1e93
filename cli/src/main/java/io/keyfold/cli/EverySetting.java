package io.keyfold.cli;

import io.keyfold.cli.topic.Connection;
import io.keyfold.emulator.EmulatorSettings;
import io.keyfold.gateway.GatewaySettings;
import io.keyfold.workers.WorkerSettings;
import io.keyfold.workflow.stream.WorkflowSettings;
import java.util.Set;
import java.util.TreeSet;

/// The names of all processes' settings: one file may serve them all.
final class EverySetting {
    private EverySetting() {}

    static Set<String> names() {
        var names = new TreeSet<String>();
        names.addAll(Connection.settings().names());
        names.addAll(EmulatorSettings.DEFINITION.names());
        names.addAll(WorkflowSettings.DEFINITION.names());
        names.addAll(WorkerSettings.DEFINITION.names());
        names.addAll(GatewaySettings.DEFINITION.names());
        return names;
    }
}
