package io.keyfold.workflow.request;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What one step of the plan is to bring about.
public sealed interface PlannedStep {
    StepName step();

    /// The step in words.
    String describe();

    /// The same thing, but one that must exist and is never created.
    PlannedStep adopted();

    /// The Key Protect instance.
    ///
    /// @param adoptOnly true if it was named by `kms_instance_name` or is imported: it must exist and is never created
    record Instance(String name, boolean adoptOnly, String region, String resourceGroup) implements PlannedStep {
        @Override
        public StepName step() {
            return StepName.KMS_INSTANCE;
        }

        @Override
        public String describe() {
            return adoptOnly ? "Use the existing KMS instance \"" + name + "\" in " + region + "; it is never deleted."
                    : "Create the KMS instance \"" + name + "\" in " + region + ", resource group \"" + resourceGroup
                            + "\".";
        }

        @Override
        public Instance adopted() {
            return new Instance(name, true, region, resourceGroup);
        }
    }

    /// A root key.
    ///
    /// @param adoptOnly true if it was named by `kms_key_name` or is imported: it must exist and is never created
    /// @param protects  the storage services that are encrypted with it
    /// @param rotationMonths every how many months Key Protect rotates a created one by itself; empty for never
    /// @param dualAuthorization whether deleting a created one is to take two identities
    /// @param material  where the worker finds the material of a created one; empty if Key Protect generates it
    record RootKey(
            StepName step,
            String name,
            boolean adoptOnly,
            List<StorageService> protects,
            Optional<Integer> rotationMonths,
            boolean dualAuthorization,
            Optional<String> material) implements PlannedStep {

        /// One whose material Key Protect generates, or has; deleting it takes one identity.
        public RootKey(
                StepName step,
                String name,
                boolean adoptOnly,
                List<StorageService> protects,
                Optional<Integer> rotationMonths) {
            this(step, name, adoptOnly, protects, rotationMonths, false, Optional.empty());
        }

        public RootKey {
            protects = List.copyOf(protects);
        }

        @Override
        public String describe() {
            return adoptOnly ? "Use the existing root key \"" + name + "\" for " + services() + "; it is never deleted."
                    : "Create the root key \"" + name + "\""
                            + material.map(from -> ", imported from " + from + ",").orElse("")
                            + " for " + services() + rotation() + deletion() + ".";
        }

        @Override
        public RootKey adopted() {
            return new RootKey(step, name, true, protects, Optional.empty());
        }

        /// How it is rotated, to be said after what it is for; empty if it is not.
        public String rotation() {
            return rotationMonths
                    .map(months -> months == 1 ? ", rotated every month" : ", rotated every " + months + " months")
                    .orElse("");
        }

        /// What deleting it takes, to be said in the end; empty if it is no more than the worker.
        public String deletion() {
            return dualAuthorization ? "; deleting it takes a second identity, also to undo the run that makes it" : "";
        }

        private String services() {
            return protects.stream().map(StorageService::words).collect(Collectors.joining(", "));
        }
    }

    /// An authorization of a storage service on the Key Protect instance.
    ///
    /// @param skipped         true if it is taken to exist: nothing is looked up or created
    /// @param delegationAsked true if `authorization_delegation` was asked for
    /// @param adoptOnly       true if it is imported: it must exist and is never created
    record Authorization(
            StorageService storage, Source source, boolean skipped, boolean delegationAsked, boolean adoptOnly)
            implements PlannedStep {
        // Display names of IAM's roles. The first lets a service wrap and unwrap with a root key (docs: Key Protect,
        // "Integrating services"), the second lets it pass that on to services it depends on (docs: VPC).
        private static final String READER = "Reader";
        private static final String DELEGATOR = "Authorization Delegator";

        public Authorization(StorageService storage, Source source, boolean skipped, boolean delegationAsked) {
            this(storage, source, skipped, delegationAsked, false);
        }

        /// Whether the service may pass the right on to services that it depends on; only where IBM defines that.
        public boolean delegates() {
            return delegationAsked && storage.isDelegable();
        }

        /// Display names of the roles that it grants.
        public List<String> roles() {
            return delegates() ? List.of(READER, DELEGATOR) : List.of(READER);
        }

        /// What is to be said of a delegation that was asked for and is not defined; empty if there is nothing.
        public String note() {
            return delegationAsked && !delegates() && !skipped ? "not delegated: IBM defines no delegation for it" : "";
        }

        @Override
        public StepName step() {
            return storage.authorization();
        }

        @Override
        public String describe() {
            String what = source.scope(storage) + " to use the instance's keys, as " + String.join(", ", roles())
                    + (note().isEmpty() ? "" : " (" + note() + ")");
            return skipped ? "Take the authorization of " + storage.words() + " to exist; none is created."
                    : adoptOnly ? "Use the existing authorization of " + what + "; it is never deleted."
                            : "Authorize " + what + ".";
        }

        @Override
        public Authorization adopted() {
            return new Authorization(storage, source, skipped, delegationAsked, true);
        }
    }

    /// The source of an authorization in IAM's terms.
    ///
    /// @param service      IAM service name
    /// @param resourceType narrows it to one kind of resource, if present
    /// @param instanceId   narrows it to one service instance, if present; else it is account-wide
    record Source(String service, Optional<String> resourceType, Optional<String> instanceId) {

        /// Whom the authorization covers, in words.
        public String scope(StorageService storage) {
            return instanceId.map(id -> storage.words() + " instance " + id)
                    .orElseGet(() -> switch (storage) {
                        case BLOCK_STORAGE -> "Cloud Block Storage in the whole account";
                        case FILE_STORAGE -> "every VPC file share of the account";
                        case OBJECT_STORAGE -> "every Object Storage instance of the account";
                    });
        }
    }
}
