package io.keyfold.emulator.faults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.service.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// Which calls, which of them, and what then.
///
/// A matching call is struck if it is one of `nth` (when given), comes after `skip` others, the rule has struck less than
/// `count` times, and chance agrees.
///
/// @param operation glob over `service.operation`
/// @param path glob over the encoded path; `*` is any text without `/`, `**` any text
/// @param caller name or IAM id of the API key's owner
/// @param count 0 for without end
/// @param definition the rule as it was written, for showing
public record FaultRule(String name, Optional<Pattern> operation, Optional<String> method, Optional<Pattern> path,
        Optional<String> instance, Optional<String> account, Optional<String> caller, Optional<String> bodyContains,
        List<Long> nth, long skip, long count, double probability, Fault fault, String definition) {

    public FaultRule {
        nth = List.copyOf(nth);
    }

    boolean matches(FaultTarget target) {
        return operation.map(glob -> glob.matcher(target.operation()).matches()).orElse(true)
                && method.map(target.method()::equalsIgnoreCase).orElse(true)
                && path.map(glob -> glob.matcher(target.path()).matches()).orElse(true)
                && instance.map(target.instance()::equals).orElse(true)
                && account.map(target.account()::equals).orElse(true)
                && caller.map(who -> who.equals(target.caller()) || who.equals(target.iamId())).orElse(true)
                && bodyContains.map(target.body()::contains).orElse(true);
    }

    boolean strikes(long matching, long struckBefore, RandomGenerator random) {
        return (nth.isEmpty() || nth.contains(matching)) && matching > skip && (count == 0 || struckBefore < count)
                && (probability >= 1 || random.nextDouble() < probability);
    }

    ObjectNode json(long matched, long struck) {
        ObjectNode json = Json.object().put("name", name).put("matched", matched).put("struck", struck);
        json.set("rule", Json.parse(definition.getBytes(StandardCharsets.UTF_8)).orElseThrow());
        return json;
    }
}
