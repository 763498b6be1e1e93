package io.keyfold.cli.input;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyfold.workflow.wire.InvalidInput;
import io.keyfold.workflow.wire.RequestFields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The inputs of one deployment by their official names, as they were given.
///
/// @param values null where the input was given as null
/// @param passedOver inputs of the deployment that have nothing to do with encryption
public record DeployInputs(Map<String, @Nullable Object> values, List<String> passedOver) {
    /// What the deployment calls some of the inputs, and what the request calls them.
    private static final Map<String, String> OTHER_NAMES =
            Map.of("zones", "zone", "existing_resource_group", "resource_group");

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    public DeployInputs {
        values = new LinkedHashMap<>(values); // Map.copyOf takes no null, and null means something here
        passedOver = List.copyOf(passedOver);
    }

    /// No input at all: every one has its default.
    public static DeployInputs none() {
        return new DeployInputs(Map.of(), List.of());
    }

    /// Reads `*.tfvars`, `*.tfvars.json`, or a request in any other file (JSON), `-` for standard input.
    ///
    /// The deployment's own variable files hold dozens of inputs that are none of our business, the API key among
    /// them: they are passed over by name and never looked at. A request file with an unknown name is refused.
    public static DeployInputs read(String file) {
        var text = textOf(file);
        if (file.endsWith(".tfvars")) {
            return ofDeployment(TfvarsReader.read(file, text));
        }
        var values = json(file, text);
        return file.endsWith(".tfvars.json") ? ofDeployment(values) : new DeployInputs(values, List.of());
    }

    /// The same inputs with some given anew as text: `--set kms_region=eu-de`, `--set key_management=null`.
    public DeployInputs with(Map<String, String> given) {
        var merged = new LinkedHashMap<>(values);
        given.forEach((name, value) -> merged.put(name, value.equals("null") ? null : value));
        return new DeployInputs(merged, passedOver);
    }

    private static DeployInputs ofDeployment(Map<String, @Nullable Object> given) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        var passedOver = new ArrayList<String>();
        given.forEach((name, value) -> {
            var ourName = OTHER_NAMES.getOrDefault(name, name);
            if (RequestFields.NAMES.contains(ourName)) {
                values.putIfAbsent(ourName, ourName.equals("zone") ? first(value) : value);
            } else {
                passedOver.add(name);
            }
        });
        return new DeployInputs(values, passedOver);
    }

    /// The deployment takes a list of zones, all of one region.
    private static @Nullable Object first(@Nullable Object zones) {
        return zones instanceof List<?> list ? (list.isEmpty() ? null : list.getFirst()) : zones;
    }

    private static Map<String, @Nullable Object> json(String file, String text) {
        try {
            @Nullable
            Map<String, @Nullable Object> values =
                    JSON.readValue(text, new TypeReference<Map<String, @Nullable Object>>() {});
            if (values == null) { // the text "null" is JSON, too
                throw new InvalidInput(file + ": not a JSON object with one value an input: it is null");
            }
            return values;
        } catch (JsonProcessingException e) {
            var place = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
            throw new InvalidInput(file + place + ": not a JSON object with one value an input: "
                    + e.getOriginalMessage());
        }
    }

    private static String textOf(String file) {
        try {
            return file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new InvalidInput("The file " + file + " does not exist");
        } catch (IOException e) {
            throw new InvalidInput("The file " + file + " cannot be read as UTF-8 text: " + e.getMessage());
        }
    }
}
