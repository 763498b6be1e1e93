package io.keyfold.workflow.request;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a valid request asks for, step by step; empty if encryption is left to the provider.
///
/// Pure and total on requests that [RequestRules] accept. It is also what `keyfold plan` prints.
public record Plan(List<PlannedStep> steps) {
    private static final String OF_INSTANCES = "-kms";

    public Plan {
        steps = List.copyOf(steps);
    }

    /// The plan of a request that has passed [RequestRules].
    public static Plan of(DeployRequest request) {
        if (request.isProviderManaged()) {
            return new Plan(List.of());
        }
        List<PlannedStep> steps = new ArrayList<>();
        steps.add(instance(request));
        steps.addAll(rootKeys(request));
        for (StorageService storage : StorageService.values()) {
            steps.add(new PlannedStep.Authorization(storage, source(storage, request.cosInstanceGuid()),
                    isSkipped(storage, request), request.authorizationDelegation()));
        }
        return new Plan(steps);
    }

    /// What an import of a cluster that was deployed with a request's inputs looks up: the same things under the same
    /// names, each of which must exist, and none is created.
    public static Plan ofImport(DeployRequest request) {
        return new Plan(of(request).steps().stream().map(PlannedStep::adopted).toList());
    }

    public boolean isProviderManaged() {
        return steps.isEmpty();
    }

    public Optional<PlannedStep> step(StepName name) {
        return steps.stream().filter(step -> step.step() == name).findFirst();
    }

    /// The step that makes the key which protects a storage service.
    public Optional<StepName> keyOf(StorageService storage) {
        return steps.stream()
                .filter(step -> step instanceof PlannedStep.RootKey key && key.protects().contains(storage))
                .map(PlannedStep::step)
                .findFirst();
    }

    /// The plan in words, a line a step: what is created, what is used as it is, what is taken to exist.
    public List<String> describe() {
        return isProviderManaged() ? List.of("Encryption is left to the provider: nothing is created.")
                : steps.stream().map(PlannedStep::describe).toList();
    }

    private static PlannedStep.Instance instance(DeployRequest request) {
        return new PlannedStep.Instance(
                request.kmsInstanceName().orElse(instanceName(request.clusterPrefix())),
                request.kmsInstanceName().isPresent(),
                request.keyRegion().orElseThrow(() -> new IllegalArgumentException("A plan needs a region")),
                request.resourceGroup());
    }

    /// What an instance is called that is made for a cluster.
    public static String instanceName(String clusterPrefix) {
        return clusterPrefix + OF_INSTANCES;
    }

    /// Of which cluster an instance of this name would be, had it been made for one.
    public static Optional<String> clusterPrefixOf(String instanceName) {
        return Optional.of(instanceName).filter(name -> name.endsWith(OF_INSTANCES))
                .map(name -> name.substring(0, name.length() - OF_INSTANCES.length()))
                .filter(prefix -> !prefix.isEmpty());
    }

    private static List<PlannedStep.RootKey> rootKeys(DeployRequest request) {
        String own = request.clusterPrefix() + "-key";
        if (request.kmsKeyName().isPresent()) {
            return List.of(new PlannedStep.RootKey(
                    StepName.ROOT_KEY,
                    request.kmsKeyName().get(),
                    true,
                    List.of(StorageService.values()),
                    Optional.empty()));
        }
        if (!request.separateKeys()) {
            return List.of(
                    new PlannedStep.RootKey(
                            StepName.ROOT_KEY, own, false, List.of(StorageService.values()),
                            request.rotationIntervalMonths(), request.dualAuthorizationDelete(),
                            request.keyMaterialReference()));
        }
        return List.of(
                new PlannedStep.RootKey(
                        StepName.ROOT_KEY, own, false, List.of(StorageService.OBJECT_STORAGE),
                        request.rotationIntervalMonths(), request.dualAuthorizationDelete(), Optional.empty()),
                new PlannedStep.RootKey(
                        StepName.VSI_ROOT_KEY,
                        request.clusterPrefix() + "-vsi-key",
                        false,
                        List.of(StorageService.BLOCK_STORAGE, StorageService.FILE_STORAGE),
                        request.rotationIntervalMonths(),
                        request.dualAuthorizationDelete(),
                        Optional.empty()));
    }

    // IBM's service names: docs "Block Storage / File Storage for VPC: encryption", "Object Storage: Key Protect".
    /// The source of a storage service's authorization.
    ///
    /// @param cosInstanceGuid the Object Storage instance that object storage is narrowed to, if any
    public static PlannedStep.Source source(StorageService storage, Optional<String> cosInstanceGuid) {
        return switch (storage) {
            case BLOCK_STORAGE -> new PlannedStep.Source("server-protect", Optional.empty(), Optional.empty());
            case FILE_STORAGE -> new PlannedStep.Source("is", Optional.of("share"), Optional.empty());
            case OBJECT_STORAGE ->
                new PlannedStep.Source("cloud-object-storage", Optional.empty(), cosInstanceGuid);
        };
    }

    private static boolean isSkipped(StorageService storage, DeployRequest request) {
        return switch (storage) {
            case BLOCK_STORAGE -> request.skipBlockStorageAuthorization();
            case FILE_STORAGE -> request.skipFileStorageAuthorization();
            case OBJECT_STORAGE -> request.skipObjectStorageAuthorization();
        };
    }
}
