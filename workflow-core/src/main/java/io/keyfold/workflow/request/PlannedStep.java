package io.keyfold.workflow.request;

import java.util.List;
import java.util.Optional;

/// What one step of the plan is to bring about.
public sealed interface PlannedStep {
    StepName step();

    /// The Key Protect instance.
    ///
    /// @param adoptOnly true if it was named by `kms_instance_name`: it must exist and is never created
    record Instance(String name, boolean adoptOnly, String region, String resourceGroup) implements PlannedStep {
        @Override
        public StepName step() {
            return StepName.KMS_INSTANCE;
        }
    }

    /// A root key.
    ///
    /// @param adoptOnly true if it was named by `kms_key_name`: it must exist and is never created
    /// @param protects  the storage services that are encrypted with it
    record RootKey(StepName step, String name, boolean adoptOnly, List<StorageService> protects)
            implements PlannedStep {
        public RootKey {
            protects = List.copyOf(protects);
        }
    }

    /// An authorization of a storage service on the Key Protect instance.
    ///
    /// @param skipped true if it is taken to exist: nothing is looked up or created
    record Authorization(StorageService storage, Source source, boolean skipped) implements PlannedStep {
        /// Display name of the role that lets a service wrap and unwrap with a root key (docs: Key Protect,
        /// "Integrating services").
        public static final List<String> ROLES = List.of("Reader");

        @Override
        public StepName step() {
            return storage.authorization();
        }
    }

    /// The source of an authorization in IAM's terms.
    ///
    /// @param service      IAM service name
    /// @param resourceType narrows it to one kind of resource, if present
    /// @param instanceId   narrows it to one service instance, if present; else it is account-wide
    record Source(String service, Optional<String> resourceType, Optional<String> instanceId) {
    }
}
