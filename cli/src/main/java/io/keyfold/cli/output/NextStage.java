package io.keyfold.cli.output;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StorageService;
import io.keyfold.contract.StorageStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What holds for a cluster as variables of the next deployment stage (`*.tfvars`): it finds the instance and the key
/// by name and creates no authorization. Fed back to `keyfold deploy`, with the cluster's own prefix and region, they
/// change nothing.
public final class NextStage {
    private static final Set<Ownership> IN_USE = Set.of(Ownership.CREATED, Ownership.ADOPTED);

    private NextStage() {}

    /// The variables, or empty if nothing that could be handed over holds for the cluster.
    public static Optional<String> variables(ClusterEncryptionStatus status) {
        return switch (status.getStanding()) {
            case CUSTOMER_MANAGED -> customerManaged(status);
            case PROVIDER_MANAGED -> Optional.of(lines(List.of(heading(status), assignment("key_management", "null"))));
            default -> Optional.empty();
        };
    }

    private static Optional<String> customerManaged(ClusterEncryptionStatus status) {
        var instance = instanceOf(status);
        var blockStorage = storageOf(status, StorageService.BLOCK_STORAGE);
        if (instance.isEmpty() || blockStorage.isEmpty()) {
            return Optional.empty();
        }
        var lines = new ArrayList<String>();
        lines.add(heading(status));
        lines.add(assignment("key_management", quoted("key_protect")));
        lines.add(assignment("kms_instance_name", quoted(instance.get().getName())));
        if (!status.getKmsRegion().isEmpty()) {
            lines.add(assignment("kms_region", quoted(status.getKmsRegion())));
        }
        if (!status.getResourceGroup().isEmpty()) {
            lines.add(assignment("resource_group", quoted(status.getResourceGroup())));
        }
        if (hasSeparateKeys(status)) { // one name cannot stand for them; their names follow from the cluster's
            lines.add(assignment("separate_keys", "true"));
        } else {
            lines.add(assignment("kms_key_name", quoted(blockStorage.get().getRootKeyName())));
        }
        lines.add(assignment("skip_iam_block_storage_authorization_policy", "true"));
        lines.add(assignment("skip_iam_share_authorization_policy", "true"));
        lines.add(assignment("skip_kms_s2s_auth_policy", "true"));
        lines.add("");
        lines.add("# For stages that take CRNs instead of names.");
        lines.add(assignment("kms_instance_crn", quoted(instance.get().getCrn())));
        for (var storage : status.getStorage()) {
            var name = storage.getStorageService().name().toLowerCase(Locale.ROOT) + "_key_crn";
            lines.add(assignment(name, quoted(storage.getRootKeyCrn())));
        }
        return Optional.of(lines(lines));
    }

    /// The instance in which the keys in use live.
    private static Optional<ResourceStatus> instanceOf(ClusterEncryptionStatus status) {
        return status.getResources().stream()
                .filter(resource -> resource.getKind() == ResourceKind.KMS_INSTANCE)
                .filter(resource -> IN_USE.contains(resource.getOwnership()))
                .findFirst();
    }

    private static boolean hasSeparateKeys(ClusterEncryptionStatus status) {
        return status.getStorage().stream()
                .filter(storage -> storage.getEncryption() == Standing.CUSTOMER_MANAGED)
                .map(StorageStatus::getRootKeyCrn)
                .distinct()
                .count() > 1;
    }

    private static Optional<StorageStatus> storageOf(ClusterEncryptionStatus status, StorageService service) {
        return status.getStorage().stream()
                .filter(storage -> storage.getStorageService() == service)
                .filter(storage -> storage.getEncryption() == Standing.CUSTOMER_MANAGED)
                .findFirst();
    }

    private static String heading(ClusterEncryptionStatus status) {
        return "# Encryption of " + Text.harmless(status.getClusterId()) + ", revision " + status.getRevision()
                + " of its status";
    }

    private static String assignment(String name, String value) {
        return String.format(Locale.ROOT, "%-43s = %s", name, value);
    }

    private static String quoted(String value) {
        var escaped = Text.harmless(value)
                .replace("\\", "\\\\")
                .replace("\"", "\\\"")
                // A name may hold what Terraform would read as a template.
                .replace("${", "$${")
                .replace("%{", "%%{");
        return '"' + escaped + '"';
    }

    private static String lines(List<String> lines) {
        return String.join("\n", lines) + "\n";
    }
}
