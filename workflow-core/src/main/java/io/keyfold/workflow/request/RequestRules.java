package io.keyfold.workflow.request;

import static io.keyfold.workflow.request.RefusalCode.INVALID_REQUEST;

import io.keyfold.regions.CloudRegions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The rules of a deploy request, all of them at once: whoever sends a bad one learns everything in one round.
///
/// The inputs are taken in the order of `ClusterDeployRequested.avsc`. What depends on the cluster's saga (whether a
/// run is going, whether the region is fixed) is not decided here.
public final class RequestRules {
    /// How far ahead a deadline may lie.
    public static final Duration LONGEST_DEADLINE = Duration.ofDays(7);

    private static final String KEY_PROTECT = "key_protect";
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._:-]{1,64}");
    // As the workers' settings have it: account.<alias>.ibm.api.key.
    private static final Pattern ACCOUNT = Pattern.compile("[a-z0-9]+(?:-[a-z0-9]+)*");
    private static final int ACCOUNT_LENGTH = 32;
    private static final Pattern CLUSTER_PREFIX = Pattern.compile("[a-z](?:[a-z0-9]*(-[a-z0-9]+)*)?");
    private static final int CLUSTER_PREFIX_LENGTH = 16;
    private static final Pattern UUID_SHAPE = Pattern
            .compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    // Resource Controller: "180 characters or less and cannot include any special characters other than
    // (space) - . _ :" (API docs, create resource instance).
    private static final Pattern INSTANCE_NAME = Pattern.compile("[\\p{L}\\p{M}\\p{N} ._:-]{1,180}");
    // Key Protect docs, "Creating root keys": a name has 2 to 90 characters.
    private static final int KEY_NAME_SHORTEST = 2;
    private static final int KEY_NAME_LONGEST = 90;
    // Key Protect docs, "Setting a rotation policy": 1 to 12 months.
    private static final int LONGEST_ROTATION = 12;
    private static final int TEXT_LONGEST = 128;
    // No rule of IBM's for these names was found (its API docs for resource groups give none), so nothing is
    // refused but what means something to a shell, an address, a template, markup or JSON.
    private static final String NOT_IN_A_GROUP = "\"`<>{}[]$%\\/|;";
    private static final CloudRegions REGIONS = CloudRegions.ofIbm();

    private final DeployRequest request;
    private final List<Violation> violations = new ArrayList<>();

    private RequestRules(DeployRequest request) {
        this.request = request;
    }

    /// Every rule that a request breaks at a moment; empty if it may be planned.
    public static List<Violation> check(DeployRequest request, Instant now) {
        var rules = new RequestRules(request);
        rules.deploy(now);
        return List.copyOf(rules.violations);
    }

    /// Every rule that is broken at a moment by what a cluster is said to have been deployed with by other means: those of
    /// a deploy, and that it asks for nothing that only the making of a key could bring about.
    public static List<Violation> checkImport(DeployRequest request, Instant now) {
        var rules = new RequestRules(request);
        rules.deploy(now);
        rules.existingKeys();
        return List.copyOf(rules.violations);
    }

    private void deploy(Instant now) {
        identity();
        keyManagement();
        instanceName();
        keyName();
        places();
        resourceGroup();
        objectStorage();
        keyMaterial();
        rotation();
        dualAuthorization();
        audit();
        deadline(now);
    }

    /// Whether it can be the id of a request or of a control.
    public static boolean isId(String id) {
        return REQUEST_ID.matcher(id).matches();
    }

    private void identity() {
        if (!isId(request.requestId())) {
            invalid("request_id", request.requestId(), "1 to 64 of A-Z a-z 0-9 . _ : -");
        }
        if (request.account().length() > ACCOUNT_LENGTH || !ACCOUNT.matcher(request.account()).matches()) {
            invalid(
                    "account",
                    request.account(),
                    "the alias of an IBM Cloud account that the workers have: 1 to " + ACCOUNT_LENGTH
                            + " lower-case letters and digits, with single hyphens between");
        }
        // The length first: the pattern is matched by recursion, and a megabyte would overflow the stack.
        if (request.clusterPrefix().length() > CLUSTER_PREFIX_LENGTH
                || !CLUSTER_PREFIX.matcher(request.clusterPrefix()).matches()) {
            invalid(
                    "cluster_prefix",
                    request.clusterPrefix(),
                    "a lower-case letter, then lower-case letters, digits and single hyphens, none at the end; at most "
                            + CLUSTER_PREFIX_LENGTH + " characters");
        }
        text("external_id", request.externalId());
    }

    private void keyManagement() {
        request.keyManagement().filter(given -> !given.equals(KEY_PROTECT) && !given.equals("null"))
                .ifPresent(given -> invalid("key_management", given, "key_protect, or null for provider-managed"));
    }

    private void instanceName() {
        request.kmsInstanceName().ifPresent(name -> {
            if (request.isProviderManaged()) {
                invalid("kms_instance_name", name, "only with key_management = key_protect");
            }
            if (!INSTANCE_NAME.matcher(name).matches() || hasOuterSpace(name)) {
                invalid(
                        "kms_instance_name",
                        name,
                        "the name of an existing Key Protect instance: 1 to 180 letters, digits, spaces (not at the"
                                + " ends) and - . _ : ; leave it out for a new instance");
            }
        });
    }

    private void keyName() {
        request.kmsKeyName().ifPresent(name -> {
            if (request.kmsInstanceName().isEmpty()) {
                invalid("kms_key_name", name, "only with kms_instance_name, the instance that the key is in");
            }
            if (UUID_SHAPE.matcher(name).matches()) {
                invalid("kms_key_name", name, "the root key's name, not its id");
            } else if (!isText(name, KEY_NAME_SHORTEST, KEY_NAME_LONGEST)) {
                invalid(
                        "kms_key_name",
                        name,
                        "the name of an existing root key: 2 to 90 characters, no control characters, no space at the"
                                + " ends; leave it out for a new key");
            }
            if (request.separateKeys()) {
                invalid("separate_keys", "true", "false with kms_key_name: one existing key protects all storage");
            }
        });
    }

    private void places() {
        request.region().filter(region -> !REGIONS.isRegion(region))
                .ifPresent(region -> invalid("region", region, anyRegion()));
        request.zone().ifPresent(this::zone);
        if (request.region().isEmpty() && request.zone().isEmpty() && !request.isProviderManaged()) {
            violations.add(new Violation(
                    INVALID_REQUEST.name(),
                    "region",
                    "not given, nor a zone",
                    "region or zone is needed with key_management = key_protect"));
        }
        request.kmsRegion().filter(region -> !REGIONS.isRegion(region))
                .ifPresent(region -> invalid("kms_region", region, anyRegion()));
    }

    private void zone(String zone) {
        Optional<String> lies = REGIONS.ofZone(zone);
        if (lies.isEmpty()) {
            invalid("zone", zone, "a region followed by -1, -2 or -3, for example us-south-1; " + anyRegion());
            return;
        }
        request.region().filter(REGIONS::isRegion).filter(region -> !region.equals(lies.get())).ifPresent(
                region -> invalid("zone", zone,
                        "a zone of region " + region + ": " + String.join(", ", REGIONS.zonesOf(region))));
    }

    private void resourceGroup() {
        if (!isText(request.resourceGroup(), 1, TEXT_LONGEST)
                || request.resourceGroup().chars().anyMatch(given -> NOT_IN_A_GROUP.indexOf(given) >= 0)) {
            invalid(
                    "resource_group",
                    request.resourceGroup(),
                    "the name of a resource group of the account, as ibmcloud resource groups lists it: 1 to "
                            + TEXT_LONGEST + " characters, no control characters, no space at the ends, none of "
                            + NOT_IN_A_GROUP);
        }
    }

    private void objectStorage() {
        request.cosInstanceGuid().filter(guid -> !UUID_SHAPE.matcher(guid).matches()).ifPresent(
                guid -> invalid(
                        "cos_instance_guid",
                        guid,
                        "the GUID of an Object Storage instance, for example 01234567-89ab-cdef-0123-456789abcdef"));
    }

    private void keyMaterial() {
        request.keyMaterialReference().ifPresent(reference -> {
            if (!KeyMaterialReference.isOne(reference)) {
                keyMaterial(KeyMaterialReference.ALLOWED);
            }
            if (request.isProviderManaged()) {
                keyMaterial("only with key_management = key_protect");
            }
            if (request.kmsKeyName().isPresent()) {
                keyMaterial("not with kms_key_name: an existing key has its material");
            }
            // Two keys of the same material would be one: who has the one could open what the other protects.
            if (request.separateKeys()) {
                keyMaterial("not with separate_keys: one reference is the material of one key");
            }
        });
    }

    /// Never echoed: a caller who mistakes it for the material itself has put a secret here.
    private void keyMaterial(String allowed) {
        violations.add(new Violation(INVALID_REQUEST.name(), "key_material_reference", "(not shown)", allowed));
    }

    private void rotation() {
        request.rotationIntervalMonths().ifPresent(months -> {
            if (months < 1 || months > LONGEST_ROTATION) {
                invalid("rotation_interval_months", months.toString(), "1 to " + LONGEST_ROTATION + ", or left out");
            }
            if (request.kmsKeyName().isPresent()) {
                invalid(
                        "rotation_interval_months",
                        months.toString(),
                        "left out with kms_key_name: an existing key is used as it is");
            }
            if (request.keyMaterialReference().isPresent()) {
                invalid(
                        "rotation_interval_months",
                        months.toString(),
                        "left out with key_material_reference: Key Protect rotates no imported key by itself");
            }
        });
    }

    /// Of keys that are imported nothing is changed, so what was wanted of them would be ignored. Where they are named, that
    /// has been said already.
    private void existingKeys() {
        if (request.kmsKeyName().isPresent()) {
            return;
        }
        if (request.keyMaterialReference().isPresent()) {
            keyMaterial("left out of an import: an existing key has its material");
        }
        request.rotationIntervalMonths().ifPresent(
                months -> invalid(
                        "rotation_interval_months",
                        months.toString(),
                        "left out of an import: an existing key is used as it is"));
        if (request.dualAuthorizationDelete()) {
            invalid("dual_authorization_delete", "true", "false in an import: an existing key is used as it is");
        }
    }

    private void dualAuthorization() {
        if (request.dualAuthorizationDelete() && request.kmsKeyName().isPresent()) {
            invalid(
                    "dual_authorization_delete",
                    "true",
                    "false with kms_key_name: an existing key is used as it is");
        }
    }

    private void audit() {
        text("requested_by", request.requestedBy());
    }

    private void deadline(Instant now) {
        request.deadline().filter(at -> !at.isAfter(now) || at.isAfter(now.plus(LONGEST_DEADLINE)))
                .ifPresent(at -> invalid("deadline", at.toString(), "after " + now + " and at most 7 days later"));
    }

    private void text(String input, String given) {
        if (!given.isEmpty() && !isText(given, 1, TEXT_LONGEST)) {
            invalid(
                    input,
                    given,
                    "at most " + TEXT_LONGEST + " characters, no control characters, no space at the ends");
        }
    }

    private static boolean isText(String given, int shortest, int longest) {
        return given.length() >= shortest && given.length() <= longest
                && given.codePoints().allMatch(Given::isPrintable) && !hasOuterSpace(given);
    }

    private static boolean hasOuterSpace(String given) {
        return !given.strip().equals(given);
    }

    private static String anyRegion() {
        return "one of " + String.join(", ", REGIONS.all());
    }

    private void invalid(String input, String given, String allowed) {
        violations.add(Violation.of(INVALID_REQUEST, input, given, allowed));
    }
}
