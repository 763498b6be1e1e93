package io.keyfold.gateway.fleet;

import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepName;
import io.keyfold.contract.StorageService;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Which clusters are asked for. What is empty asks for nothing in particular.
///
/// @param service     with `encryption`: the storage service that is encrypted so; empty: any of them
/// @param text        part of a cluster's id, external id or request id, or of a resource's name, CRN or id
public record Selection(
        Set<Standing> standings,
        Set<RunState> states,
        Set<Standing> encryption,
        Optional<StorageService> service,
        Set<StepName> failedSteps,
        Optional<Boolean> needsPerson,
        Optional<Boolean> isPaused,
        Optional<String> account,
        Optional<String> region,
        String text) {
    public static final Selection ALL = new Selection(
            Set.of(),
            Set.of(),
            Set.of(),
            Optional.empty(),
            Set.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "");

    public Selection {
        standings = Set.copyOf(standings);
        states = Set.copyOf(states);
        encryption = Set.copyOf(encryption);
        failedSteps = Set.copyOf(failedSteps);
        text = text.strip().toLowerCase(Locale.ROOT);
    }

    boolean contains(Cluster cluster) {
        return isAnyOf(standings, cluster.standing())
                && isAnyOf(states, cluster.state())
                && (encryption.isEmpty() || isEncryptedSo(cluster))
                && (failedSteps.isEmpty() || cluster.failedSteps().stream().anyMatch(failedSteps::contains))
                && (needsPerson.isEmpty() || needsPerson.get() == cluster.needsPerson())
                && (isPaused.isEmpty() || isPaused.get() == cluster.isPaused())
                && (account.isEmpty() || account.get().equals(cluster.account()))
                && (region.isEmpty() || region.get().equals(cluster.region()))
                && (text.isEmpty() || cluster.searched().contains(text));
    }

    private static <T> boolean isAnyOf(Set<T> wanted, T it) {
        return wanted.isEmpty() || wanted.contains(it);
    }

    private boolean isEncryptedSo(Cluster cluster) {
        return cluster.encryption().entrySet().stream()
                .anyMatch(each -> (service.isEmpty() || service.get() == each.getKey())
                        && encryption.contains(each.getValue()));
    }
}
