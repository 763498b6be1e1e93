package io.keyfold.audit;

import io.keyfold.audit.Invariant.Needs;
import java.util.Arrays;

/// Looks whether all that must always hold did hold, whatever was duplicated, delayed, killed or read again meanwhile.
public final class Auditor {
    private Auditor() {}

    /// Holds every invariant against the evidence that there is. What an invariant needs and the evidence has not got leaves
    /// it unchecked: [Report#checked(Invariant)] is empty.
    public static Report audit(Evidence evidence, Moment moment) {
        var findings = new Findings();
        Arrays.stream(Invariant.values()).filter(invariant -> has(evidence, moment, invariant.needs()))
                .forEach(invariant -> findings.checked(invariant, 0));
        Records.check(evidence.topics(), findings);
        Requests.check(evidence.topics(), findings);
        Chains.check(evidence.topics(), findings);
        Causes.check(evidence.topics(), moment, findings);
        Runs.check(evidence, moment, findings);
        Commands.check(evidence, findings);
        Holds.check(evidence, findings);
        evidence.cloud().ifPresent(cloud -> Things.check(evidence, cloud, moment, findings));
        evidence.broker().ifPresent(broker -> Readers.check(broker, evidence.now(), findings));
        return findings.report();
    }

    private static boolean has(Evidence evidence, Moment moment, Needs needs) {
        return switch (needs) {
            case TOPICS -> true;
            case BROKER -> evidence.broker().isPresent();
            case CLOUD -> evidence.cloud().isPresent();
            case CALLS -> evidence.cloud().flatMap(CloudEvidence::calls).isPresent();
            case REST -> moment != Moment.LIVE;
            case AN_END -> moment == Moment.AT_THE_END && evidence.cloud().isPresent();
        };
    }
}
