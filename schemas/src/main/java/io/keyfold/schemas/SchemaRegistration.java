package io.keyfold.schemas;

import io.keyfold.schemas.RegistryHttp.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Registers the topics' schemas and their compatibility level: an explicit step, never a side effect of a start-up.
///
/// Speaks the Confluent REST API alone, so any registry that does will do.
public final class SchemaRegistration {
    /// Old readers read new records and new readers old ones, over all versions there ever were.
    public static final String COMPATIBILITY = "FULL_TRANSITIVE";

    private final RegistryHttp registry;

    public SchemaRegistration(SerdeSettings settings) {
        this.registry = new RegistryHttp(settings);
    }

    /// Registers what is missing and sets the level, then says how each subject stands.
    ///
    /// @throws RegistryException if the registry does not answer, or refuses one of the schemas
    public List<Inspection> register() {
        List<Inspection> inspections = new ArrayList<>();
        for (Topic<?> topic : Topics.ALL) {
            boolean isThere = isRegistered(topic);
            if (!isThere) {
                // A subject that is to get another version has to judge it by our level already.
                setLevel(topic);
                addVersion(topic);
            }
            if (!COMPATIBILITY.equals(level(topic)) && !setLevel(topic)) {
                inspections.add(Inspection.compared(topic.subject(), levelDifference(topic)));
            } else {
                inspections.add(
                        isThere ? Inspection.compared(topic.subject(), List.of())
                                : Inspection.created(topic.subject()));
            }
        }
        return List.copyOf(inspections);
    }

    /// Looks and changes nothing.
    ///
    /// @throws RegistryException if the registry does not answer
    public List<Inspection> verify() {
        List<Inspection> inspections = new ArrayList<>();
        for (Topic<?> topic : Topics.ALL) {
            inspections.add(
                    isRegistered(topic)
                            ? Inspection.compared(topic.subject(), levelDifference(topic))
                            : Inspection.missing(topic.subject()));
        }
        return List.copyOf(inspections);
    }

    private boolean isRegistered(Topic<?> topic) {
        Answer answer = registry.post("/subjects/" + path(topic), schema(topic));
        if (answer.isGood()) {
            return true;
        }
        if (answer.isNotFound()) {
            return false;
        }
        throw refused("look up the schema of " + topic.subject(), answer);
    }

    private void addVersion(Topic<?> topic) {
        Answer answer = registry.post("/subjects/" + path(topic) + "/versions", schema(topic));
        if (!answer.isGood()) {
            throw refused("register the schema of " + topic.subject(), answer);
        }
    }

    /// False if the registry has no such subject (yet), or does not offer levels.
    private boolean setLevel(Topic<?> topic) {
        Answer answer = registry.put("/config/" + path(topic), Map.of("compatibility", COMPATIBILITY));
        if (answer.isGood() || answer.isNotFound()) {
            return answer.isGood();
        }
        throw refused("set the compatibility level of " + topic.subject(), answer);
    }

    private List<String> levelDifference(Topic<?> topic) {
        String level = level(topic);
        return COMPATIBILITY.equals(level)
                ? List.of()
                : List.of(topic.subject() + ": its compatibility level is " + level + ", the contract needs "
                        + COMPATIBILITY);
    }

    private String level(Topic<?> topic) {
        Answer answer = registry.get("/config/" + path(topic) + "?defaultToGlobal=true");
        return answer.body().path("compatibilityLevel").asText("unknown");
    }

    private static Map<String, String> schema(Topic<?> topic) {
        return Map.of("schema", topic.schema().toString());
    }

    private static String path(Topic<?> topic) {
        return URLEncoder.encode(topic.subject(), StandardCharsets.UTF_8);
    }

    private static RegistryException refused(String what, Answer answer) {
        return new RegistryException("The schema registry refused to " + what + " (" + answer.words() + ").");
    }
}
