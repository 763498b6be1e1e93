package io.keyfold.acceptance.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/// Whatever starts a process of ours, as it lies in the repository: the image's description, the compose file, the manifests
/// of Kubernetes, systemd's units and their environments, and the launcher. What the processes themselves listen at is looked
/// up in `WhatIsMeasuredIsShownIT`.
@Tag("case-126")
@DisplayNameGeneration(ReplaceUnderscores.class)
class NoDebugPortIsOpenedTest {
    /// A debugger's agent, a JMX connector, and the variables by which any JVM can be given either.
    private static final List<String> WAYS_IN = List.of(
            "jdwp", "-Xdebug", "-agentlib", "-agentpath", "-javaagent", "jmxremote", "com.sun.management",
            "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    @TestFactory
    Stream<DynamicTest> nothing_that_starts_a_process_opens_one() throws IOException {
        var files = files();
        assertThat(files).extracting(file -> Variables.ROOT.relativize(file).toString()).contains(
                "keyfold", "docker-compose.yml", "cli/pom.xml", "deployment/systemd/keyfold@.service",
                "deployment/systemd/environment/workflow.env", "deployment/kubernetes/base/workflow.yaml",
                "deployment/kubernetes/overlays/event-streams/kustomization.yaml");
        return files.stream().map(
                file -> DynamicTest.dynamicTest(
                        Variables.ROOT.relativize(file).toString(),
                        () -> assertThat(Files.readString(file)).doesNotContainIgnoringCase(
                                WAYS_IN.toArray(String[]::new))));
    }

    private static List<Path> files() throws IOException {
        var files = new ArrayList<>(
                Stream.of("keyfold", "docker-compose.yml", "pom.xml", "cli/pom.xml").map(Variables.ROOT::resolve)
                        .toList());
        for (var folder : List.of("deployment", "containers")) {
            try (var found = Files.walk(Variables.ROOT.resolve(folder))) {
                found.filter(Files::isRegularFile).forEach(files::add);
            }
        }
        return files;
    }
}
