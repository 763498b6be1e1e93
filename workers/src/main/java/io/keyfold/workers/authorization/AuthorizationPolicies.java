package io.keyfold.workers.authorization;

import io.keyfold.workers.step.InstanceAddress;
import io.keyfold.workers.step.Listing;
import java.util.List;
import java.util.Optional;

/// IAM's authorizations between services of the account.
///
/// Every method fails with a [io.keyfold.workers.step.FaultException].
public interface AuthorizationPolicies {

    /// Sends one create. IAM itself refuses a second one of the same attributes and roles, and names the first.
    Creation create(NewAuthorization wanted);

    /// Empty for a deleted one, and for a new one that is not visible yet: a create that was answered is ready only when
    /// this finds it.
    Optional<AuthorizationPolicy> byId(String policyId);

    /// All authorizations of the account whose target is Key Protect. IAM's list has no filter for an instance or a source,
    /// so this reads every authorization of the account: for verify, sweep and unknown outcomes only.
    ///
    /// An empty list is not proof of absence: IAM answers so to a caller without the right to read.
    Listing<AuthorizationPolicy> all();

    /// A policy that is already gone is success.
    void delete(String policyId);

    /// What this source has registered with keys of the instance; while there is any, its authorization has to stay.
    /// Read through Key Protect; in an instance that is gone nothing is registered.
    List<String> registeredBy(AuthorizationSource source, InstanceAddress instance);

    sealed interface Creation {
        record Created(AuthorizationPolicy policy) implements Creation {}

        /// One with identical attributes and roles is there already, or a broader one that covers it.
        ///
        /// @param policyId empty where IAM did not name it
        /// @param description as the conflict answer gave it; read the policy to be sure
        record Duplicate(Optional<String> policyId, Optional<String> description) implements Creation {}
    }
}
