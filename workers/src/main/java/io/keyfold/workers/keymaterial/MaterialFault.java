package io.keyfold.workers.keymaterial;

import io.keyfold.workers.rootkey.KeyMaterial;
import io.keyfold.workers.rootkey.KeyMaterialReference;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.IbmAnswer;
import java.util.Optional;

/// How reading material fails. No cause goes with it: what a library says about bytes may quote them.
final class MaterialFault {
    private MaterialFault() {}

    /// It will not work however often it is tried.
    ///
    /// @param why a sentence
    static FaultException refused(KeyMaterialReference reference, String why) {
        return new FaultException(new Fault.Permanent(FaultCode.KEY_MATERIAL_UNUSABLE, answer(reference, why)));
    }

    /// What was read is not material.
    static FaultException notMaterial(KeyMaterialReference reference) {
        return refused(reference, "What is there is not " + KeyMaterial.ALLOWED + ".");
    }

    /// It may work later. TRANSIENT, since UNAVAILABLE would count against Key Protect.
    static FaultException passing(KeyMaterialReference reference, String why) {
        return new FaultException(
                new Fault.Transient(FaultCode.TRANSIENT, answer(reference, why), Optional.empty()));
    }

    private static IbmAnswer answer(KeyMaterialReference reference, String why) {
        return IbmAnswer.ofOurs("reading key material from " + reference, why);
    }
}
