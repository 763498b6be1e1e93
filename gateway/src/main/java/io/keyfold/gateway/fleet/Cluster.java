package io.keyfold.gateway.fleet;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.RunStatus;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepName;
import io.keyfold.contract.StorageService;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// One cluster's latest status: what fleets are searched, sorted and counted by, and the whole of it encoded.
///
/// A hundred thousand of these are held: what is shown of a few only is decoded for those few.
///
/// @param account   interned
/// @param region    interned; empty if not known
/// @param state     of the last run; UNKNOWN if there was none
/// @param startedAt of the last run, milliseconds since 1970-01-01 UTC; 0 if there was none
/// @param updatedAt milliseconds since 1970-01-01 UTC
/// @param searched  everything that a text is looked for in, in lower case
/// @param place     where the status lies
/// @param encoded   the status in Avro's single-object encoding, which takes no registry to read
public record Cluster(
        String id,
        String account,
        String region,
        long revision,
        Standing standing,
        RunState state,
        Map<StorageService, Standing> encryption,
        Set<StepName> failedSteps,
        boolean isPaused,
        boolean needsPerson,
        long startedAt,
        long updatedAt,
        String searched,
        Place place,
        byte[] encoded) {
    private static final Set<RunState> ENDED_BADLY =
            Set.of(RunState.KEY_IN_USE, RunState.COMPENSATION_FAILED, RunState.FAILED);
    private static final Set<RunState> GOES_BY_ITSELF = Set.of(RunState.IN_PROGRESS, RunState.COMPENSATING);
    private static final Set<String> FAILED_STEPS = Set.of("FAILED", "KEY_IN_USE", "COMPENSATION_FAILED");

    static Cluster of(ClusterEncryptionStatus status, Place place) {
        var run = status.getLastRun();
        return new Cluster(
                status.getClusterId(),
                status.getAccount().intern(),
                status.getRegion().intern(),
                status.getRevision(),
                status.getStanding(),
                run == null ? RunState.UNKNOWN : run.getState(),
                encryptionOf(status),
                failedStepsOf(status),
                status.getPaused() != null,
                needsPerson(status),
                run == null ? 0 : run.getStartedAt().toEpochMilli(),
                status.getUpdatedAt().toEpochMilli(),
                searchedIn(status),
                place,
                encode(status));
    }

    /// The whole status.
    public ClusterEncryptionStatus status() {
        try {
            return ClusterEncryptionStatus.fromByteBuffer(ByteBuffer.wrap(encoded));
        } catch (IOException e) {
            throw new IllegalStateException("What was encoded in this process cannot be decoded: " + id, e);
        }
    }

    /// Whether somebody has to do something: the run waits for a person or has failed, what goes on says in its remedy that
    /// a person can help, or what holds has drifted and nothing is being done about it. Not a request that broke the rules:
    /// nothing has changed, and its sender knows.
    public static boolean needsPerson(ClusterEncryptionStatus status) {
        var run = status.getLastRun();
        if (run == null) {
            return status.getStanding() == Standing.DRIFTED;
        }
        var goesOn = GOES_BY_ITSELF.contains(run.getState());
        return ENDED_BADLY.contains(run.getState())
                || goesOn && !run.getRemedy().isEmpty()
                || !goesOn && status.getStanding() == Standing.DRIFTED;
    }

    private static Map<StorageService, Standing> encryptionOf(ClusterEncryptionStatus status) {
        var encryption = new EnumMap<StorageService, Standing>(StorageService.class);
        status.getStorage().forEach(storage -> encryption.put(storage.getStorageService(), storage.getEncryption()));
        return encryption;
    }

    private static Set<StepName> failedStepsOf(ClusterEncryptionStatus status) {
        var failed = EnumSet.noneOf(StepName.class);
        status.getSteps().stream().filter(step -> FAILED_STEPS.contains(step.getState()))
                .forEach(step -> failed.add(step.getStep()));
        return failed;
    }

    private static String searchedIn(ClusterEncryptionStatus status) {
        var text = new StringBuilder(status.getClusterId()).append('\n').append(status.getExternalId());
        RunStatus run = status.getLastRun();
        if (run != null) {
            text.append('\n').append(run.getRequestId());
        }
        status.getResources().forEach(
                resource -> text.append('\n').append(resource.getName()).append('\n')
                        .append(resource.getCrn().isEmpty() ? resource.getId() : resource.getCrn()));
        return text.toString().toLowerCase(Locale.ROOT);
    }

    private static byte[] encode(ClusterEncryptionStatus status) {
        try {
            var buffer = status.toByteBuffer();
            var bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        } catch (IOException e) {
            throw new IllegalStateException("A status cannot be encoded: " + status.getClusterId(), e);
        }
    }
}
