package io.keyfold.workers.rootkey;

import io.keyfold.workers.step.InstanceAddress;
import java.util.List;
import java.util.Optional;

/// The keys of a Key Protect instance.
///
/// Every method fails with a [io.keyfold.workers.step.FaultException]. A key in state 5 (destroyed) is found by
/// [#sighting] only; 404 and 410 are the same.
public interface RootKeys {

    /// Aliases are unique in an instance by Key Protect's own rule, which makes ours the mark of a key.
    Optional<RootKey> byAlias(InstanceAddress instance, String alias);

    Optional<RootKey> byId(InstanceAddress instance, String keyId);

    /// What there is of a key, in whatever state.
    Sighting sighting(InstanceAddress instance, String keyId);

    /// All keys of exactly this name. Names are not unique, and standard or suspended keys are among them.
    List<RootKey> named(InstanceAddress instance, String name);

    /// All keys of the instance, standard and suspended ones too. For the sweep only.
    List<RootKey> all(InstanceAddress instance);

    /// Sends one create. After an unknown outcome, look by the alias.
    Creation create(InstanceAddress instance, NewRootKey wanted);

    /// Asks for an import token and fetches it. It takes the place of the one before, whoever asked for that.
    ImportToken importToken(InstanceAddress instance);

    /// Sends one create with material of ours. After an unknown outcome, look by the alias.
    ///
    /// Refused with [io.keyfold.workers.step.FaultCode#KEY_MATERIAL_UNUSABLE] if the nonce is not that of the instance's
    /// token or the payload cannot be opened with it, and with Key Protect's `IMPORT_TOKEN_EXPIRED_ERR` if there is none.
    Creation importKey(InstanceAddress instance, NewRootKey wanted, SealedKeyMaterial material);

    /// Never forced; a key that is already gone is success.
    ///
    /// Key Protect refuses while something is registered: [io.keyfold.workers.step.FaultCode#KEY_IN_USE]; and where it
    /// takes two, until another has agreed: [io.keyfold.workers.step.FaultCode#SECOND_AUTHORIZATION_NEEDED].
    void delete(InstanceAddress instance, String keyId);

    /// What the key protects, as the services that use it have registered it; Key Protect tells it of destroyed keys too.
    /// Empty where it does not know the key.
    Optional<List<KeyRegistration>> registrations(InstanceAddress instance, String keyId);

    /// Lets a suspended key be used again. Key Protect refuses it in any other state.
    void enable(InstanceAddress instance, String keyId);

    /// Brings a destroyed key back, with all that was set on it. Key Protect refuses it in any other state, within 30
    /// seconds of the deletion (`REQ_TOO_EARLY_ERR`), and after 30 days.
    void restore(InstanceAddress instance, String keyId);

    /// Agrees to the key's deletion, as one of the two that it takes, for 7 days. Sent again it holds anew.
    void setForDeletion(InstanceAddress instance, String keyId);

    /// Takes back the one agreement that there is to the key's deletion. Sent again it changes nothing.
    void unsetDeletion(InstanceAddress instance, String keyId);

    /// Every how many months Key Protect rotates the key by itself; empty if it does not.
    Optional<Integer> rotation(InstanceAddress instance, String keyId);

    /// Has the key rotated by itself. Sent again it changes nothing. Key Protect refuses it for imported keys.
    void rotateEvery(InstanceAddress instance, String keyId, int months);

    /// Lets the key be deleted by two identities only, for good: Key Protect takes it back from no key. Sent again it changes
    /// nothing.
    void requireTwoToDelete(InstanceAddress instance, String keyId);

    sealed interface Sighting {
        record Seen(SeenKey key) implements Sighting {}

        /// The instance is there, and no such key in it.
        record NoKey() implements Sighting {}

        /// Key Protect knows none of the instance's keys: it is gone, in reclamation, or too new.
        record NoInstance() implements Sighting {}
    }

    sealed interface Creation {
        record Created(RootKey key) implements Creation {}

        /// A living or destroyed key of the instance has the alias already: look by it.
        record AliasTaken() implements Creation {}
    }
}
