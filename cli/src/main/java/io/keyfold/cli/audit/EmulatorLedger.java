package io.keyfold.cli.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The admin API of an emulator, as far as an audit asks it.
public final class EmulatorLedger implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final URI address;

    private EmulatorLedger(URI address) {
        this.address = address;
    }

    /// The emulator at this address; empty if IBM's cloud is there, which speaks HTTPS, or it does not answer as one.
    public static Optional<EmulatorLedger> at(URI address) {
        if (!"http".equals(address.getScheme())) {
            return Optional.empty();
        }
        var ledger = new EmulatorLedger(address);
        if (ledger.get("/emulator/effects?from=9999999").isPresent()) {
            return Optional.of(ledger);
        }
        ledger.close();
        return Optional.empty();
    }

    /// Every call that took effect, in order; empty if it does not say.
    public Optional<List<JsonNode>> effects() {
        return get("/emulator/effects?performed=true&from=1").map(answer -> {
            var effects = new ArrayList<JsonNode>();
            answer.path("effects").forEach(effects::add);
            return effects;
        });
    }

    /// All things, the deleted ones too; empty if it does not say.
    public Optional<JsonNode> state() {
        return get("/emulator/state");
    }

    private Optional<JsonNode> get(String path) {
        try {
            var request = HttpRequest.newBuilder(address.resolve(path)).timeout(PATIENCE).GET().build();
            var response = http.send(request, BodyHandlers.ofString());
            return response.statusCode() == 200 ? Optional.of(JSON.readTree(response.body())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // what it would have said is told as not checked
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
