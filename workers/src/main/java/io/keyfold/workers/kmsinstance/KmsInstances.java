package io.keyfold.workers.kmsinstance;

import java.util.List;
import java.util.Optional;

/// Key Protect instances of the account, as the Resource Controller has them.
///
/// Every method fails with a [io.keyfold.workers.step.FaultException].
public interface KmsInstances {

    /// All Key Protect instances of exactly this name, in every region and resource group, in the states in which one is
    /// or may become something: [KmsInstance.State#STANDING]. Removed ones and those in reclamation are left out.
    ///
    /// An empty list is not proof of absence where the service ID may not read the account's instances.
    List<KmsInstance> named(String name);

    /// As [#named], but only those active or provisioning: one call instead of four.
    List<KmsInstance> activeOrProvisioning(String name);

    /// Every Key Protect instance of the account in those states, whatever it is called. For the sweep only.
    ///
    /// An instance that may not be read is left out without a word.
    List<KmsInstance> all();

    /// Empty where IBM no longer knows it (404, 410). Removed ones and those in reclamation are given, in that state.
    Optional<KmsInstance> byGuid(String guid);

    /// Sends one create. Names are not unique: look first, and look again after an unknown outcome.
    ///
    /// @return the instance as first answered, most often still provisioning
    KmsInstance create(NewKmsInstance wanted);

    /// Asks for the removal; one that is already gone is success. Read it back to see it gone.
    ///
    /// IBM refuses while the instance has keys: [io.keyfold.workers.step.FaultCode#KEYS_REMAIN].
    void delete(String guid);

    /// The id of the account's resource group of exactly this name; it may have been so a minute ago.
    Optional<String> resourceGroupId(String name);

    /// The `iam_id` that our token is for. An instance whose `createdBy` is this one was created by us.
    String whoAmI();
}
