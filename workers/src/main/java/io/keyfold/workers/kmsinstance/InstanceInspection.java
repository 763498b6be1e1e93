package io.keyfold.workers.kmsinstance;

import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.Inspection;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.Resource;
import io.keyfold.workers.step.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// VERIFY: compares a Key Protect instance with what it should be. Reads only.
final class InstanceInspection {
    private final KmsInstances instances;

    InstanceInspection(KmsInstances instances) {
        this.instances = instances;
    }

    Outcome carryOut(Command command, InstanceTarget target, Turn turn) {
        String guid = command.expectedId().orElseThrow();
        Optional<KmsInstance> seen = turn.lookTwice(Optional::isPresent, () -> instances.byGuid(guid));
        return new Outcome.Verified(
                seen.map(KmsInstanceWorker::resource).orElseGet(() -> Resource.ofId(guid, guid, target.region())),
                seen.map(instance -> inspection(instance, target))
                        .orElseGet(() -> Inspection.ofMissing(
                                "It should be active, and IBM Cloud knows no such instance: it was removed for good, or"
                                        + " is not in this account.")));
    }

    private static Inspection inspection(KmsInstance instance, InstanceTarget target) {
        return switch (instance.state()) {
            case PENDING_RECLAMATION -> Inspection.ofMissing("It should be active, and is pending reclamation: it was"
                    + " deleted, and a person can restore it from there for about seven days.");
            case REMOVED -> Inspection.ofMissing("It should be active, and is removed: it was deleted for good.");
            case PRE_PROVISIONING, PROVISIONING, ACTIVE, INACTIVE, FAILED, UNKNOWN ->
                Inspection.ofStanding(differences(instance, target));
        };
    }

    private static List<String> differences(KmsInstance instance, InstanceTarget target) {
        List<String> differences = new ArrayList<>();
        if (instance.state() != KmsInstance.State.ACTIVE) {
            differences.add("It should be active, and is " + KmsInstanceWorker.words(instance.state())
                    + instance.trouble().map(said -> "; IBM Cloud says: " + said).orElse("") + ".");
        }
        if (!target.name().isEmpty() && !instance.name().equals(target.name())) {
            differences.add("Its name should be \"" + target.name() + "\", and is \"" + instance.name()
                    + "\"; the hand-over gives the instance by its name.");
        }
        return differences;
    }
}
