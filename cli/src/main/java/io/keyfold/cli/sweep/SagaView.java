package io.keyfold.cli.sweep;

import io.keyfold.cli.topic.TopicReader;
import io.keyfold.contract.ClusterEncryptionAudit;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceCondition;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.ResourceStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import io.keyfold.schemas.Topics;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.Plan;
import io.keyfold.workflow.saga.Mark;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the sagas know, as status and audit tell it.
///
/// A status lists every id of its saga's state but those of things that the going run has made and cannot show ready yet;
/// so nothing of a cluster with a going run is decided about.
public final class SagaView {
    /// By so much the clocks of workers, IBM Cloud and this machine may differ.
    static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

    private static final Set<RunState> ENDS =
            EnumSet.of(RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED, RunState.REJECTED);

    private final Map<String, ClusterEncryptionStatus> statuses;
    private final Map<String, ClusterHistory> histories = new HashMap<>();
    private final Map<String, String> clustersByMark = new HashMap<>();
    private final Map<String, String> listed = new HashMap<>();

    public SagaView(Map<String, ClusterEncryptionStatus> statuses) {
        this.statuses = Map.copyOf(statuses);
        statuses.forEach((cluster, status) -> {
            ClusterId.parse(cluster).ifPresent(id -> clustersByMark.put(Mark.cluster(id), cluster));
            status.getResources().stream().filter(resource -> !resource.getId().isEmpty()).forEach(
                    resource -> listed.put(resource.getId(), cluster + " lists it as " + resource.getOwnership()));
        });
    }

    /// All statuses, and the audit of those clusters of which something was found.
    ///
    /// @param elsewhere accounts that matter although they were not looked at: see [#unseen]
    public static SagaView read(TopicReader topics, List<CloudSurvey> surveys, Predicate<String> elsewhere) {
        var view = new SagaView(topics.latestOfEach(Topics.CLUSTER_ENCRYPTION_STATUS));
        Set<String> inQuestion = surveys.stream().flatMap(survey -> survey.candidates().stream())
                .filter(seen -> view.listedBy(seen.id()).isEmpty())
                .flatMap(seen -> view.clusterOf(seen).stream()).collect(Collectors.toSet());
        topics.each(
                Topics.CLUSTER_ENCRYPTION_AUDIT,
                cluster -> inQuestion.contains(cluster) || isIn(elsewhere, cluster),
                view::add);
        return view;
    }

    private static boolean isIn(Predicate<String> accounts, String cluster) {
        return ClusterId.parse(cluster).map(ClusterId::account).filter(accounts).isPresent();
    }

    /// The clusters, by account, that a run may have made something for in accounts that were not looked at. A request that
    /// was refused has made nothing, whatever account it names.
    ///
    /// @param elsewhere those accounts, as they were given to [#read]
    public SortedMap<String, SortedSet<String>> unseen(Predicate<String> elsewhere) {
        var unseen = new TreeMap<String, SortedSet<String>>();
        Stream.concat(
                statuses.keySet().stream().filter(cluster -> !isRefusedOnly(cluster)),
                histories.keySet().stream().filter(cluster -> history(cluster).hasBegun()))
                .filter(cluster -> isIn(elsewhere, cluster)).forEach(
                        cluster -> unseen
                                .computeIfAbsent(cluster.substring(0, cluster.indexOf('/')), _ -> new TreeSet<>())
                                .add(cluster));
        return unseen;
    }

    private boolean isRefusedOnly(String cluster) {
        var run = status(cluster).getLastRun();
        return run != null && run.getState() == RunState.REJECTED && status(cluster).getResources().isEmpty()
                && !history(cluster).hasBegun();
    }

    void add(ClusterEncryptionAudit line) {
        histories.computeIfAbsent(line.getClusterId(), _ -> new ClusterHistory()).add(line);
    }

    /// The cluster that it is by its mark, or an instance by its name; empty if no status knows one.
    public Optional<String> clusterOf(Seen seen) {
        return seen.mark().flatMap(mark -> Optional.ofNullable(clustersByMark.get(mark.cluster())))
                .or(() -> Plan.clusterPrefixOf(seen.name())
                        .filter(_ -> seen.mark().isEmpty())
                        .map(prefix -> seen.account() + "/" + prefix))
                .filter(cluster -> statuses.containsKey(cluster) && cluster.startsWith(seen.account() + "/"));
    }

    /// Which status lists this id and as what; empty if none does.
    Optional<String> listedBy(String id) {
        return Optional.ofNullable(listed.get(id));
    }

    boolean isGoing(String cluster) {
        var run = status(cluster).getLastRun();
        return run != null && !ENDS.contains(run.getState());
    }

    /// Whether the cluster relies on an authorization whose id nobody knows, and this may be it.
    boolean mayBeReliedOn(String cluster, Seen seen) {
        var status = status(cluster);
        return seen.mark().isPresent() && status.getResources().stream()
                .anyMatch(
                        resource -> resource.getOwnership() == Ownership.SKIPPED
                                && resource.getStep().name().equals(seen.mark().get().step().name()))
                && status.getResources().stream().anyMatch(resource -> resource.getId().equals(seen.instanceId()));
    }

    ClusterHistory history(String cluster) {
        return histories.getOrDefault(cluster, new ClusterHistory());
    }

    /// Where what a cluster uses is looked for when the thing itself does not say.
    String regionOf(String cluster) {
        return status(cluster).getKmsRegion();
    }

    /// The request that a control about this cluster has to name.
    public String requestOf(String cluster) {
        var run = status(cluster).getLastRun();
        return run == null ? "" : run.getRequestId();
    }

    /// Who has created what instances of ours there are, by a saga's own word.
    public Set<String> makers(CloudSurvey survey) {
        return survey.candidates().stream()
                .filter(seen -> seen.kind() == ResourceKind.KMS_INSTANCE && isCreated(seen.id()))
                .map(Seen::createdBy).collect(Collectors.toSet());
    }

    private boolean isCreated(String id) {
        return listed.getOrDefault(id, "").endsWith(" " + Ownership.CREATED);
    }

    /// What is in use by the statuses and was not seen in the cloud: whoever looked may not have been allowed to see all.
    /// What the last verification found missing is not missed.
    public List<String> notSeen(CloudSurvey survey) {
        Instant since = survey.startedAt().minus(CLOCK_TOLERANCE);
        return statuses.values().stream()
                .filter(status -> status.getAccount().equals(survey.account()))
                .filter(status -> status.getStanding() == Standing.CUSTOMER_MANAGED
                        || status.getStanding() == Standing.DRIFTED)
                .filter(status -> !isGoing(status.getClusterId()))
                .flatMap(status -> status.getResources().stream()
                        .filter(resource -> isExpected(resource, since) && !isKnownMissing(status, resource))
                        .filter(resource -> !survey.ids().contains(resource.getId()))
                        .map(resource -> resource.getKind() + " " + resource.getId() + " of " + status.getClusterId()))
                .toList();
    }

    private static boolean isExpected(ResourceStatus resource, Instant since) {
        return (resource.getOwnership() == Ownership.CREATED || resource.getOwnership() == Ownership.ADOPTED)
                && resource.getSince().isBefore(since);
    }

    private static boolean isKnownMissing(ClusterEncryptionStatus status, ResourceStatus resource) {
        var verification = status.getVerification();
        Set<String> missing = verification == null ? Set.of()
                : verification.getFindings().stream()
                        .filter(finding -> finding.getCondition() == ResourceCondition.MISSING)
                        .map(finding -> finding.getId()).collect(Collectors.toCollection(HashSet::new));
        return missing.contains(resource.getId());
    }

    private ClusterEncryptionStatus status(String cluster) {
        return Optional.ofNullable(statuses.get(cluster)).orElseThrow();
    }
}
