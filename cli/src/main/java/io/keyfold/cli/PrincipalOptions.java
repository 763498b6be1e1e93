package io.keyfold.cli;

import io.keyfold.schemas.Party;
import java.util.EnumMap;
import java.util.Map;
import org.apache.kafka.common.utils.SecurityUtils;
import picocli.CommandLine.Option;

/// Whom Kafka takes each party for.
final class PrincipalOptions {
    @Option(
            names = "--principal",
            paramLabel = "WHO=PRINCIPAL",
            description = "Whom Kafka takes a party for, if not for User:keyfold-WHO: workflow=User:wf. WHO is workflow,"
                    + " worker-kms-instance, worker-root-key, worker-authorization, orchestrator, operator, auditor or"
                    + " installer. May be given several times.")
    private Map<String, String> principals = Map.of();

    /// Of those parties that were named.
    Map<Party, String> named() {
        var named = new EnumMap<Party, String>(Party.class);
        principals.forEach((who, principal) -> {
            var party = Party.named(who).orElseThrow(
                    () -> new CommandFailure(
                            ExitCode.USAGE, "--principal names " + who + ", which takes no part", "Name one of "
                                    + Party.ids()));
            try {
                named.put(party, SecurityUtils.parseKafkaPrincipal(principal).toString());
            } catch (IllegalArgumentException e) {
                throw new CommandFailure(
                        ExitCode.USAGE, "--principal " + who + " is " + principal, "Give its type too: User:" + who);
            }
        });
        return named;
    }
}
