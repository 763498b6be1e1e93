package io.keyfold.cli;

import io.keyfold.workflow.stream.WorkflowSettings;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import picocli.CommandLine.Mixin;

/// What commands share that look at a whole installation: its processes, and the accounts of IBM Cloud that it acts in.
abstract class InstallationCommand extends ClientCommand {
    @Mixin
    private CloudOptions cloud = new CloudOptions();

    @Override
    ConfigDef settings() {
        return CloudCheck.define(defineInstallation(super.settings()));
    }

    /// Which installation of those that may share a Kafka.
    static ConfigDef defineInstallation(ConfigDef settings) {
        return settings
                .define(
                        WorkflowSettings.INSTALLATION,
                        Type.STRING,
                        "default",
                        Importance.MEDIUM,
                        "Name of the Keyfold installation that this is about.")
                .define(
                        WorkflowSettings.APPLICATION_ID,
                        Type.STRING,
                        "",
                        Importance.LOW,
                        "What the workflow was given as its application.id; keyfold-workflow-<installation> if empty.");
    }

    @Override
    Map<String, String> assumed() {
        var assumed = new HashMap<>(cloud.assumed());
        assumed.keySet().removeIf(setting -> !CloudCheck.declares(setting));
        return assumed;
    }

    static String installation(Map<String, String> settings) {
        return settings.getOrDefault(WorkflowSettings.INSTALLATION, "default");
    }

    /// The workflow's consumer group.
    static String workflowGroup(Map<String, String> settings) {
        return WorkflowSettings.applicationId(
                settings.getOrDefault(WorkflowSettings.APPLICATION_ID, ""), installation(settings));
    }
}
