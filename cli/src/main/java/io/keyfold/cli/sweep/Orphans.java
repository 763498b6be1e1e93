package io.keyfold.cli.sweep;

import io.keyfold.contract.StepName;
import io.keyfold.workflow.request.RequestRules;
import io.keyfold.workflow.saga.Mark;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Tells what nobody answers for from all else that looks like ours. Whatever is in doubt is no orphan.
public final class Orphans {
    /// However late a worker's answer comes, by then it has come: the longest deadline that a request may name, and an hour.
    public static final Duration LEAST_AGE = RequestRules.LONGEST_DEADLINE.plusHours(1);

    private final CloudSurvey survey;
    private final SagaView view;
    private final Set<String> ours;

    private Orphans(CloudSurvey survey, SagaView view) {
        this.survey = survey;
        this.view = view;
        this.ours = new HashSet<>(view.makers(survey));
        ours.add(survey.who());
    }

    /// @param view as it was after the survey: what was made meanwhile is in it
    public static List<Judgement> among(CloudSurvey survey, SagaView view) {
        var orphans = new Orphans(survey, view);
        return survey.candidates().stream().flatMap(seen -> orphans.judge(seen).stream()).toList();
    }

    /// Empty for what is somebody else's.
    private Optional<Judgement> judge(Seen seen) {
        Optional<String> listed = view.listedBy(seen.id());
        if (listed.isPresent()) {
            return Optional.of(new Judgement.Left(seen, view.clusterOf(seen).orElse(""), listed.get()));
        }
        Optional<String> cluster = view.clusterOf(seen);
        if (seen.mark().isPresent()) {
            return Optional.of(
                    cluster.map(known -> ofMark(seen, seen.mark().get(), known))
                            .orElseGet(
                                    () -> new Judgement.Unexplained(
                                            seen,
                                            "no status knows its cluster: another Kafka's, or of an earlier life of"
                                                    + " this installation")));
        }
        return ours.contains(seen.createdBy())
                ? Optional.of(
                        cluster.map(known -> ofInstance(seen, known))
                                .orElseGet(() -> new Judgement.Unexplained(seen, "no status knows its cluster")))
                : Optional.empty();
    }

    private Judgement ofMark(Seen seen, Mark mark, String cluster) {
        return judged(seen, cluster, mark.run(), StepName.valueOf(mark.step().name()));
    }

    /// Which run has made it, its name does not tell: the last that had asked for one when it was created.
    private Judgement ofInstance(Seen seen, String cluster) {
        if (view.isGoing(cluster)) {
            return going(seen, cluster);
        }
        return seen.createdAt().flatMap(
                created -> view.history(cluster).askedForAnInstance(created.plus(SagaView.CLOCK_TOLERANCE)))
                .map(run -> judged(seen, cluster, run, StepName.KMS_INSTANCE))
                .orElseGet(
                        () -> new Judgement.Unexplained(
                                seen, "it is older than the first run of " + cluster
                                        + " that asked for an instance, as far as the audit goes back"));
    }

    private static Judgement going(Seen seen, String cluster) {
        return new Judgement.Left(seen, cluster, "a run of " + cluster + " is going, and may know of it");
    }

    private Judgement judged(Seen seen, String cluster, int run, StepName step) {
        if (view.isGoing(cluster)) {
            return going(seen, cluster);
        }
        Optional<Instant> begun = view.history(cluster).begun(run);
        if (begun.isEmpty()) {
            return new Judgement.Unexplained(seen, "the audit does not know run " + run + " of " + cluster);
        }
        if (seen.createdAt().isEmpty() || seen.instanceId().isEmpty()) {
            return new Judgement.Unexplained(seen, "IBM does not say when it was made, or for which instance");
        }
        Instant created = seen.createdAt().get();
        if (created.isBefore(begun.get().minus(SagaView.CLOCK_TOLERANCE))) {
            return new Judgement.Unexplained(
                    seen, "it is older than run " + run + " of " + cluster
                            + ": of an earlier life of this installation");
        }
        Optional<Instant> deleted = view.history(cluster).deleted(seen.id());
        if (deleted.isPresent()) {
            return new Judgement.Unexplained(
                    seen, "Keyfold saw it gone at " + deleted.get().truncatedTo(ChronoUnit.SECONDS)
                            + ": somebody has brought it back");
        }
        if (view.mayBeReliedOn(cluster, seen)) {
            return new Judgement.Left(seen, cluster, cluster + " relies on an authorization that it skips");
        }
        Instant oldEnough = created.plus(LEAST_AGE);
        return survey.cloudTime().isBefore(oldEnough)
                ? new Judgement.Left(
                        seen, cluster, "too young until " + oldEnough.truncatedTo(ChronoUnit.SECONDS))
                : withRegion(seen, cluster, step, run);
    }

    /// An authorization on an instance that is gone says no region; where its cluster's keys are will do.
    private Judgement withRegion(Seen seen, String cluster, StepName step, int run) {
        String region = seen.region().isEmpty() ? view.regionOf(cluster) : seen.region();
        if (region.isEmpty()) {
            return new Judgement.Unexplained(seen,
                    "its instance " + seen.instanceId() + " is gone, and its region unknown");
        }
        var complete = new Seen(
                seen.account(), seen.kind(), seen.id(), seen.crn(), seen.name(), seen.mark(), seen.instanceId(), region,
                seen.createdAt(), seen.createdBy());
        return new Judgement.Orphan(complete, cluster, step, run);
    }
}
