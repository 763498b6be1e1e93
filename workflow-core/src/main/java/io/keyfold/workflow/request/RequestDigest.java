package io.keyfold.workflow.request;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The digest of a request's body.
///
/// Canonical form: the inputs that differ from their default, in alphabetical order, each as
/// `<input>=<length of value>:<value>;`, so that no value can pass for another input.
final class RequestDigest {
    private static final int BYTES = 16;

    private RequestDigest() {}

    static String of(DeployRequest request) {
        var canonical = new StringBuilder();
        inputs(request).forEach(
                (input, value) -> canonical.append(input).append('=').append(value.length()).append(':').append(value)
                        .append(';'));
        byte[] hash = sha256().digest(canonical.toString().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, BYTES);
    }

    private static Map<String, String> inputs(DeployRequest request) {
        DeployRequest defaults = DeployRequest.of("", "");
        Map<String, String> inputs = new TreeMap<>();
        inputs.put("request_id", request.requestId());
        inputs.put("account", request.account());
        inputs.put("cluster_prefix", request.clusterPrefix());
        inputs.put("external_id", request.externalId());
        // Null and the text `null` ask for the same.
        inputs.put("key_management", request.keyManagement().orElse("null"));
        put(inputs, "kms_instance_name", request.kmsInstanceName());
        put(inputs, "kms_key_name", request.kmsKeyName());
        put(inputs, "region", request.region());
        put(inputs, "zone", request.zone());
        put(inputs, "kms_region", request.kmsRegion());
        inputs.put("resource_group", request.resourceGroup());
        put(inputs, "skip_iam_block_storage_authorization_policy", request.skipBlockStorageAuthorization());
        put(inputs, "skip_iam_share_authorization_policy", request.skipFileStorageAuthorization());
        put(inputs, "skip_kms_s2s_auth_policy", request.skipObjectStorageAuthorization());
        put(inputs, "cos_instance_guid", request.cosInstanceGuid());
        put(inputs, "separate_keys", request.separateKeys());
        put(inputs, "authorization_delegation", request.authorizationDelegation());
        put(inputs, "key_material_reference", request.keyMaterialReference());
        put(inputs, "rotation_interval_months", request.rotationIntervalMonths().map(String::valueOf));
        put(inputs, "dual_authorization_delete", request.dualAuthorizationDelete());
        put(inputs, "deletion_protection_lifted", request.deletionProtectionLifted());
        inputs.put("requested_by", request.requestedBy());
        put(inputs, "deadline", request.deadline().map(Instant::toEpochMilli).map(String::valueOf));
        inputs.remove("account", defaults.account());
        inputs.remove("external_id", defaults.externalId());
        inputs.remove("key_management", defaults.keyManagement().orElseThrow());
        inputs.remove("resource_group", defaults.resourceGroup());
        inputs.remove("requested_by", defaults.requestedBy());
        return inputs;
    }

    private static void put(Map<String, String> inputs, String input, Optional<String> value) {
        value.ifPresent(given -> inputs.put(input, given));
    }

    private static void put(Map<String, String> inputs, String input, boolean value) {
        if (value) {
            inputs.put(input, "true");
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
