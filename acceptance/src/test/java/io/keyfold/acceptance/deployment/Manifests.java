package io.keyfold.acceptance.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Objects of Kubernetes', and what of them is looked at.
record Manifests(List<JsonNode> objects) {
    private static final Set<String> WORKLOADS = Set.of("StatefulSet", "Deployment", "Job");

    Manifests {
        objects = List.copyOf(objects);
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    static Stream<JsonNode> each(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    static Set<String> texts(JsonNode list, String field) {
        return each(list).map(item -> item.path(field).asText()).collect(Collectors.toSet());
    }

    /// What runs processes of ours.
    Stream<JsonNode> workloads() {
        return objects.stream().filter(object -> WORKLOADS.contains(object.path("kind").asText()));
    }

    Stream<JsonNode> of(String kind) {
        return objects.stream().filter(object -> object.path("kind").asText().equals(kind));
    }

    JsonNode one(String kind, String name) {
        return of(kind).filter(object -> name(object).equals(name)).findFirst()
                .orElseThrow(() -> new AssertionError("There is no " + kind + " " + name));
    }

    static JsonNode pod(JsonNode workload) {
        return workload.at("/spec/template/spec");
    }

    static JsonNode container(JsonNode workload) {
        return pod(workload).at("/containers/0");
    }

    /// What its arguments tell it to be: `workflow`, `worker` …
    static String command(JsonNode workload) {
        return container(workload).at("/args/0").asText();
    }

    /// Its own variables, without those of the config map.
    static Map<String, String> environment(JsonNode workload) {
        return each(container(workload).path("env"))
                .collect(Collectors.toMap(each -> each.path("name").asText(), each -> each.path("value").asText()));
    }

    /// The workloads whose pods have all these labels.
    List<String> selected(JsonNode selector) {
        return workloads()
                .filter(workload -> !selector.isEmpty() && selector.properties().stream().allMatch(
                        label -> label.getValue().equals(
                                workload.at("/spec/template/metadata/labels").path(label.getKey()))))
                .map(Manifests::name).toList();
    }
}
