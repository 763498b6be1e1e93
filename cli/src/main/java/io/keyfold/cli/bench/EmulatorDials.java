package io.keyfold.cli.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.keyfold.cli.process.EmulatorAdmin;
import java.net.URI;
import java.time.Duration;

/// The emulator's admin API, as far as a benchmark turns its dials and reads them.
final class EmulatorDials implements AutoCloseable {
    private static final String RULE = "bench-latency";

    private final EmulatorAdmin admin;

    EmulatorDials(URI address) {
        this.admin = new EmulatorAdmin(address);
    }

    EmulatedCalls calls() {
        return EmulatedCalls.of(admin.get("counts"));
    }

    /// From now on every call takes so much longer.
    void delayEachCall(Duration latency) {
        var rule = JsonNodeFactory.instance.objectNode().put("name", RULE).put("operation", "*");
        rule.putObject("fault").put("type", "latency").put("ms", latency.toMillis());
        admin.post("faults", rule);
    }

    void delayNoCall() {
        admin.delete("faults/" + RULE);
    }

    @Override
    public void close() {
        admin.close();
    }
}
