package io.keyfold.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/// What a real run of the first version has left behind: the broker's whole data directory, so that every byte, offset,
/// topic id and transaction marker is the recorded one; under which ids the registry knew the schemas; and what there was
/// in the emulated cloud.
///
/// Recorded by [RecordTheFirstVersion].
record Recording(byte[] broker, JsonNode schemaIds, JsonNode cloud) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FOLDER = "first-version/";
    private static final String BROKER = "broker.zip.base64";
    private static final String SCHEMA_IDS = "schema-ids.json";
    private static final String CLOUD = "cloud.json";

    /// Indexes are made anew from the logs, and are large.
    private static final List<String> MADE_ANEW = List.of(".index", ".timeindex", ".txnindex", ".lock", ".snapshot");

    static Recording read() {
        return new Recording(
                unzippable(text(BROKER)), json(text(SCHEMA_IDS)), json(text(CLOUD)));
    }

    private static String text(String name) {
        try (InputStream file = Objects.requireNonNull(
                Recording.class.getClassLoader().getResourceAsStream(FOLDER + name), name)) {
            return new String(file.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new IllegalStateException("The recording cannot be read", e);
        }
    }

    private static byte[] unzippable(String text) {
        return Base64.getMimeDecoder().decode(text);
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new IllegalStateException("Not JSON: " + text, e);
        }
    }

    /// @param data of a broker that has ended
    static Recording of(Path data, String registryUrl, JsonNode cloud) {
        var kept = JSON.createObjectNode();
        List.of("instances", "keys", "registrations", "policies").forEach(what -> kept.set(what, cloud.path(what)));
        return new Recording(zipped(data), schemaIds(registryUrl), kept);
    }

    /// @param folder of the test resources
    void write(Path folder) throws IOException {
        Files.createDirectories(folder.resolve(FOLDER));
        Files.writeString(
                folder.resolve(FOLDER + BROKER),
                Base64.getMimeEncoder(120, new byte[]{'\n'}).encodeToString(broker) + "\n");
        var pretty = JSON.writerWithDefaultPrettyPrinter();
        Files.writeString(folder.resolve(FOLDER + SCHEMA_IDS), pretty.writeValueAsString(schemaIds) + "\n");
        Files.writeString(folder.resolve(FOLDER + CLOUD), pretty.writeValueAsString(cloud) + "\n");
    }

    /// Lays out the broker's data where a broker that is started then finds it.
    void restoreBroker(Path data) {
        try (var zip = new ZipInputStream(new ByteArrayInputStream(broker))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = data.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.write(file, zip.readAllBytes());
            }
        } catch (IOException e) {
            throw new IllegalStateException("The broker's data cannot be restored in " + data, e);
        }
    }

    /// Registers version 1 of the schemas in an empty registry, so that each gets the id that the recorded bytes name.
    void restoreSchemas(String registryUrl) {
        var byId = new TreeMap<Integer, String>();
        schemaIds.properties().forEach(entry -> byId.put(entry.getValue().asInt(), entry.getKey()));
        byId.forEach((id, subject) -> {
            String topic = subject.substring(0, subject.length() - "-value".length());
            String body = JSON.createObjectNode().put("schema", FirstOrchestrator.schema(topic)).toString();
            JsonNode answer = asked(registryUrl + "/subjects/" + subject + "/versions", Map.of("POST", body));
            if (answer.path("id").asInt() != id) {
                throw new IllegalStateException(
                        "The registry gave " + subject + " another id than " + id + ": " + answer);
            }
        });
    }

    private static ObjectNode schemaIds(String registryUrl) {
        ObjectNode ids = JSON.createObjectNode();
        asked(registryUrl + "/subjects", Map.of()).forEach(
                subject -> ids.put(
                        subject.asText(),
                        asked(registryUrl + "/subjects/" + subject.asText() + "/versions/1", Map.of()).path("id")
                                .asInt()));
        return ids;
    }

    private static JsonNode asked(String url, Map<String, String> body) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json");
            body.forEach((method, text) -> request.method(method, HttpRequest.BodyPublishers.ofString(text)));
            HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(url + ": " + answer.statusCode() + " " + answer.body());
            }
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new IllegalStateException("The registry does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    private static byte[] zipped(Path data) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes); Stream<Path> files = Files.walk(data)) {
            zip.setLevel(Deflater.BEST_COMPRESSION);
            for (Path file : files.filter(Files::isRegularFile).filter(Recording::isKept).sorted().toList()) {
                ZipEntry entry = new ZipEntry(data.relativize(file).toString());
                entry.setLastModifiedTime(FileTime.fromMillis(0));
                zip.putNextEntry(entry);
                Files.copy(file, zip);
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new IllegalStateException("The broker's data cannot be packed from " + data, e);
        }
        return bytes.toByteArray();
    }

    private static boolean isKept(Path file) {
        String name = file.getFileName().toString();
        return MADE_ANEW.stream().noneMatch(name::endsWith);
    }
}
