package io.keyfold.gateway;

import io.keyfold.contract.AuditEvent;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Fault;
import io.keyfold.contract.FaultCode;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.PauseStatus;
import io.keyfold.contract.ResourceCondition;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.RunKind;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepName;
import io.keyfold.contract.StepStatus;
import io.keyfold.contract.StorageService;
import io.keyfold.contract.StorageStatus;
import io.keyfold.contract.VerificationFinding;
import io.keyfold.contract.VerificationOutcome;
import io.keyfold.contract.VerificationStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Made-up clusters of every kind that there is to show, each the same for the same number: as many as a test wants.
final class FleetOfAllKinds {
    private static final String TRANSACTION = "7f3a9d1c-50e2-4d2b-9a5e-3f0f6a1f2b11";
    private static final List<String> REGIONS = List.of("eu-de", "us-south", "jp-tok", "us-east", "eu-gb");
    private static final int KINDS = 40;

    private static final Map<StorageService, StepName> AUTHORIZED_BY = Map.of(
            StorageService.BLOCK_STORAGE, StepName.BLOCK_STORAGE_AUTHORIZATION,
            StorageService.FILE_STORAGE, StepName.FILE_STORAGE_AUTHORIZATION,
            StorageService.OBJECT_STORAGE, StepName.OBJECT_STORAGE_AUTHORIZATION);
    private static final List<StorageService> SERVICES =
            List.of(StorageService.BLOCK_STORAGE, StorageService.FILE_STORAGE, StorageService.OBJECT_STORAGE);

    private record Kind(Standing standing, RunState state) {}

    private final Instant now;
    private final String family;

    /// @param family what all their prefixes begin with
    FleetOfAllKinds(String family, Instant now) {
        Statuses.NOON.toEpochMilli(); // see there: trusts the contract's classes
        this.family = family;
        this.now = now;
    }

    String prefix(int number) {
        return "%s-%06d".formatted(family, number);
    }

    private static Kind kind(int number) {
        return switch (number % KINDS) {
            case 3 -> new Kind(Standing.NONE, RunState.IN_PROGRESS);
            case 7 -> new Kind(Standing.NONE, RunState.FAILED);
            case 11 -> new Kind(Standing.DRIFTED, RunState.COMPLETED);
            case 15 -> new Kind(Standing.DEPROVISIONED, RunState.COMPLETED);
            case 19 -> new Kind(Standing.DRIFTED, RunState.KEY_IN_USE);
            case 23 -> new Kind(Standing.NONE, RunState.COMPENSATING);
            case 31 -> new Kind(Standing.CUSTOMER_MANAGED, RunState.REJECTED);
            case 8, 17, 26, 35 -> new Kind(Standing.PROVIDER_MANAGED, RunState.COMPLETED);
            default -> new Kind(Standing.CUSTOMER_MANAGED, RunState.COMPLETED);
        };
    }

    ClusterEncryptionStatus status(int number, long revision) {
        var kind = kind(number);
        var prefix = prefix(number);
        var holds = kind.standing() == Standing.CUSTOMER_MANAGED || kind.standing() == Standing.DRIFTED;
        var status = ClusterEncryptionStatus.newBuilder()
                .setClusterId("default/" + prefix)
                .setClusterPrefix(prefix)
                .setExternalId("lsf-" + (10_000 + number))
                .setRevision(revision)
                .setStanding(kind.standing())
                .setStandingSince(kind.standing() == Standing.NONE ? null : ago(86_400 + number))
                .setRegion(REGIONS.get(number % REGIONS.size()))
                .setKmsRegion(holds ? REGIONS.get(number % REGIONS.size()) : "")
                .setResourceGroup(holds ? "Default" : "")
                .setLastRun(run(number, kind))
                .setStorage(storage(number, kind.standing(), holds))
                .setResources(holds ? resources(number) : List.of())
                .setSteps(steps(number, kind))
                .setUpdatedAt(ago(60 + number));
        if (kind.standing() == Standing.DRIFTED) {
            status.setVerification(verification(number));
        }
        if (number % 37 == 5) {
            status.setPaused(
                    PauseStatus.newBuilder().setSince(ago(700)).setRequestedBy("ops")
                            .setReason("Maintenance of eu-de until 18:00").build());
        }
        return status.build();
    }

    private Instant ago(long seconds) {
        return now.minusSeconds(seconds);
    }

    private String crn(int number) {
        return "crn:v1:bluemix:public:kms:" + REGIONS.get(number % REGIONS.size())
                + ":a/6f1c2d3e4b5a69788796a5b4c3d2e1f0:" + guid(number);
    }

    private static String guid(int number) {
        return "9c7f0a52-1b1d-4c1e-8a3b-%012d".formatted(number);
    }

    private Fault fault(int number, RunState state) {
        var about = "default/" + prefix(number) + ", root key: ";
        return state == RunState.FAILED
                ? Fault.newBuilder().setCode(FaultCode.FORBIDDEN).setIbmCode("UNAUTHORIZED_ERR").setHttpStatus(403)
                        .setIbmMessage("Unauthorized: The user does not have access to the specified resource")
                        .setTransactionId(TRANSACTION)
                        .setMessage(about + "Key Protect refused to create key \"" + prefix(number)
                                + "-key\" (FORBIDDEN, transaction " + TRANSACTION
                                + "). The service ID of the root-key worker lacks a role.")
                        .build()
                : Fault.newBuilder().setCode(FaultCode.KEY_IN_USE).setIbmCode("PROTECTED_RESOURCE_ERR")
                        .setHttpStatus(409).setIbmMessage("Key is protecting one or more cloud resources.")
                        .setTransactionId(TRANSACTION)
                        .setMessage(about + "Key Protect refused to delete key \"" + prefix(number)
                                + "-key\" (KEY_IN_USE, transaction " + TRANSACTION + "). It still protects 2 volumes.")
                        .build();
    }

    private RunStatus run(int number, Kind kind) {
        var prefix = prefix(number);
        var isGoing = kind.state() == RunState.IN_PROGRESS || kind.state() == RunState.COMPENSATING;
        var run = RunStatus.newBuilder()
                .setRun(kind.state() == RunState.REJECTED ? 0 : 1)
                .setRequestId("request-" + family + "-" + number)
                .setKind(
                        kind.state() == RunState.KEY_IN_USE || kind.standing() == Standing.DEPROVISIONED
                                ? RunKind.DEPROVISION : RunKind.DEPLOY)
                .setState(kind.state())
                .setRequestedBy("orchestrator-eu")
                .setStartedAt(ago(3600 + number))
                .setEndedAt(isGoing ? null : ago(3588 + number))
                .setDeadline(isGoing ? now.plusSeconds(1200) : null)
                .setMessage(switch (kind.state()) {
                    case IN_PROGRESS -> "2 of 5 steps done; under way: root key, authorization of file storage.";
                    case FAILED -> "Failed: " + fault(number, kind.state()).getMessage() + " Nothing of it is left.";
                    case KEY_IN_USE ->
                        "Removing waits: a root key still protects resources and is never deleted by force.";
                    case REJECTED -> "Rejected: 2 rules broken. Nothing has changed.";
                    case COMPENSATING -> "Being undone: The run was cancelled, as asked.";
                    default -> kind.standing() == Standing.PROVIDER_MANAGED
                            ? "Encryption is left to the provider; nothing was created for it."
                            : kind.standing() == Standing.DEPROVISIONED ? "Removed. All that was to go is gone."
                                    : "Encrypted with root key \"" + prefix + "-key\".";
                })
                .setRemedy(switch (kind.state()) {
                    case FAILED ->
                        "Grant the worker's service ID the service role Manager on the Key Protect instance. Then:"
                                + " keyfold retry default/" + prefix + ", or deploy again under a new request_id.";
                    case KEY_IN_USE ->
                        "Delete the volumes, snapshots, images, file shares and buckets that the key protects; Key"
                                + " Protect lists them as the key's associated resources. It then goes on by itself; at"
                                + " once with: keyfold retry default/" + prefix;
                    case REJECTED -> "Correct the inputs and send the request again under a new request_id.";
                    default -> "";
                });
        if (kind.state() == RunState.FAILED || kind.state() == RunState.KEY_IN_USE) {
            run.setFault(fault(number, kind.state()));
        }
        if (kind.state() == RunState.REJECTED) {
            run.setViolations(
                    List.of(
                            "kms_key_name = team-key; allowed: only together with kms_instance_name",
                            "region = eu-xx; allowed: a region of IBM Cloud VPC"));
        }
        return run.build();
    }

    private List<StorageStatus> storage(int number, Standing standing, boolean holds) {
        return SERVICES.stream().map(service -> {
            var isSkipped = number % 6 == 2 && service == StorageService.FILE_STORAGE;
            var storage = StorageStatus.newBuilder().setStorageService(service)
                    .setEncryption(
                            holds ? Standing.CUSTOMER_MANAGED
                                    : standing == Standing.PROVIDER_MANAGED ? standing : Standing.NONE);
            return holds
                    ? storage.setRootKeyCrn(crn(number) + ":key:key-" + number).setRootKeyName(prefix(number) + "-key")
                            .setRootKeyOwnership(Ownership.CREATED)
                            .setAuthorizationId(
                                    isSkipped ? "" : service.name().toLowerCase(java.util.Locale.ROOT) + number)
                            .setAuthorizationOwnership(isSkipped ? Ownership.SKIPPED : Ownership.CREATED)
                            .setAuthorizedSince(ago(86_390))
                            .setAuthorizationScope("every resource of the service in the account")
                            .setRegistrations(number % 3 == 0 ? (long) number % 17 : null)
                            .build()
                    : storage.build();
        }).toList();
    }

    private List<ResourceStatus> resources(int number) {
        var resources = new ArrayList<ResourceStatus>();
        resources.add(
                resource(number, ResourceKind.KMS_INSTANCE, StepName.KMS_INSTANCE, guid(number))
                        .setCrn(crn(number) + "::").setName(prefix(number) + "-kms")
                        .setOwnership(number % 4 == 1 ? Ownership.ADOPTED : Ownership.CREATED).build());
        resources.add(
                resource(number, ResourceKind.ROOT_KEY, StepName.ROOT_KEY, "key-" + number)
                        .setCrn(crn(number) + ":key:key-" + number).setName(prefix(number) + "-key")
                        .setRotationIntervalMonths(3).build());
        SERVICES.forEach(
                service -> resources.add(
                        resource(
                                number,
                                ResourceKind.AUTHORIZATION_POLICY,
                                AUTHORIZED_BY.getOrDefault(service, StepName.UNKNOWN),
                                service.name().toLowerCase(java.util.Locale.ROOT) + number).build()));
        return resources;
    }

    private ResourceStatus.Builder resource(int number, ResourceKind kind, StepName step, String id) {
        return ResourceStatus.newBuilder().setKind(kind).setStep(step).setId(id).setOwnership(Ownership.CREATED)
                .setRun(1).setSince(ago(86_400 + number));
    }

    private List<StepStatus> steps(int number, Kind kind) {
        if (kind.standing() == Standing.PROVIDER_MANAGED) {
            return List.of();
        }
        var isFailed = kind.state() == RunState.FAILED;
        var isGoing = kind.state() == RunState.IN_PROGRESS;
        var steps = new ArrayList<StepStatus>();
        steps.add(step(StepName.KMS_INSTANCE, isFailed ? "COMPENSATED" : number % 4 == 1 ? "ADOPTED" : "CREATED")
                .build());
        var key = step(
                StepName.ROOT_KEY,
                isFailed ? "FAILED"
                        : kind.state() == RunState.KEY_IN_USE ? "KEY_IN_USE" : isGoing ? "RUNNING" : "CREATED");
        if (isFailed || kind.state() == RunState.KEY_IN_USE) {
            key.setLastError(fault(number, kind.state())).setAttempts(3);
        }
        steps.add(key.setNext(isGoing ? "The worker makes it." : "").build());
        SERVICES.forEach(service -> {
            var name = AUTHORIZED_BY.getOrDefault(service, StepName.UNKNOWN);
            var isDeferred = isGoing && service == StorageService.FILE_STORAGE;
            var step = step(name, isFailed ? "NOTHING_CREATED" : isDeferred ? "DEFERRED" : "CREATED");
            steps.add(
                    isDeferred
                            ? step.setNext("Asked again then: IBM Cloud asks to send less.").setAttempts(2)
                                    .setNextAt(now.plusSeconds(8)).build()
                            : step.build());
        });
        return steps;
    }

    private static StepStatus.Builder step(StepName name, String state) {
        return StepStatus.newBuilder().setStep(name).setState(state).setAttempts(1);
    }

    private VerificationStatus verification(int number) {
        return VerificationStatus.newBuilder().setOutcome(VerificationOutcome.DRIFTED).setVerifiedAt(ago(500))
                .setRequestedBy("schedule")
                .setFindings(
                        List.of(
                                VerificationFinding.newBuilder().setStep(StepName.BLOCK_STORAGE_AUTHORIZATION)
                                        .setKind(ResourceKind.AUTHORIZATION_POLICY).setId("block_storage" + number)
                                        .setCondition(ResourceCondition.MISSING)
                                        .setMessage(
                                                "Until it is back, the service cannot use the root key. To have it made anew:"
                                                        + " keyfold verify default/" + prefix(number) + " --repair")
                                        .build()))
                .build();
    }

    /// What the audit says of a cluster's first run.
    List<ClusterEncryptionAudit> audit(int number) {
        var kind = kind(number);
        var records = new ArrayList<ClusterEncryptionAudit>();
        var began = ago(3600 + number);
        records.add(
                record(number, 1, AuditEvent.REQUEST_ACCEPTED, StepName.UNKNOWN, began, "The request begins run 1.")
                        .setActor("orchestrator-eu").build());
        for (var step : steps(number, kind)) {
            var from = began.plusMillis(step.getStep() == StepName.KMS_INSTANCE ? 30 : 9400);
            var took = Duration.ofMillis(step.getStep() == StepName.KMS_INSTANCE ? 9350 : 700 + records.size() * 130L);
            var words = step.getStep().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
            records.add(
                    record(
                            number,
                            records.size() + 1,
                            AuditEvent.STEP_STARTED,
                            step.getStep(),
                            from,
                            words + ": the worker is asked").build());
            var hasFailed = step.getState().equals("FAILED");
            if (!List.of("RUNNING", "DEFERRED").contains(step.getState())) {
                records.add(
                        record(
                                number,
                                records.size() + 1,
                                hasFailed ? AuditEvent.STEP_FAILED : AuditEvent.STEP_COMPLETED,
                                step.getStep(),
                                from.plus(took),
                                words + ": " + (hasFailed ? "refused" : "there"))
                                .setCode(hasFailed ? "FORBIDDEN" : "").setActor("worker").build());
            }
        }
        return records;
    }

    private ClusterEncryptionAudit.Builder record(
            int number, long sequence, AuditEvent event, StepName step, Instant at, String message) {
        return ClusterEncryptionAudit.newBuilder().setClusterId("default/" + prefix(number)).setSequence(sequence)
                .setRun(1).setRequestId("request-" + family + "-" + number).setEvent(event).setStep(step)
                .setMessage(message).setActor("workflow").setOccurredAt(at);
    }
}
