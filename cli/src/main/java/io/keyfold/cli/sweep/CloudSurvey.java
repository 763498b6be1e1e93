package io.keyfold.cli.sweep;

import io.keyfold.contract.ResourceKind;
import io.keyfold.workers.authorization.AuthorizationPolicy;
import io.keyfold.workers.ibmcloud.IbmCloud;
import io.keyfold.workers.ibmcloud.IbmCloudSettings;
import io.keyfold.workers.kmsinstance.KmsInstance;
import io.keyfold.workers.rootkey.RootKey;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.IbmAnswer;
import io.keyfold.workers.step.InstanceAddress;
import io.keyfold.workflow.request.Plan;
import io.keyfold.workflow.saga.Mark;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One account of IBM Cloud as it was seen: every Key Protect instance, every key in them and every authorization on Key
/// Protect that the API key may read.
///
/// @param who        whose the API key is
/// @param startedAt  when the look began, by this machine's clock
/// @param cloudTime  the same moment by IAM's clock, by which what it has made is dated
/// @param candidates what may be ours
/// @param ids        of everything that was seen
/// @param unusable   of those, the ids of instances that are not active and of keys that protect nothing
public record CloudSurvey(
        String account,
        String who,
        Instant startedAt,
        Instant cloudTime,
        List<Seen> candidates,
        Set<String> ids,
        Set<String> unusable) {
    /// One that is not there yet, or never will be, has no keys.
    private static final Set<KmsInstance.State> WITHOUT_KEYS = EnumSet.of(
            KmsInstance.State.PRE_PROVISIONING, KmsInstance.State.PROVISIONING, KmsInstance.State.FAILED);

    public CloudSurvey {
        candidates = List.copyOf(candidates);
        ids = Set.copyOf(ids);
        unusable = Set.copyOf(unusable);
    }

    /// Lists everything, to the last page.
    ///
    /// @throws FaultException if the API key is another account's, and as soon as one list is refused, broken off or not
    ///                        answered
    public static CloudSurvey of(String account, IbmCloudSettings settings, String installation) {
        Instant now = Instant.now();
        try (var cloud = new IbmCloud(settings)) {
            IbmCloud.Identity identity = cloud.identity();
            requireAccount(identity, settings.accountId());
            var survey = new Survey(account, installation);
            cloud.kmsInstances().all().forEach(instance -> survey.look(cloud, instance));
            cloud.authorizationPolicies().all().whole().forEach(survey::add);
            return new CloudSurvey(
                    account, identity.iamId(), now, identity.askedAt().orElse(now), survey.candidates, survey.ids,
                    survey.unusable);
        }
    }

    /// What lies in another account is nothing of this one's clusters.
    private static void requireAccount(IbmCloud.Identity identity, String accountId) {
        identity.accountId().filter(whose -> !whose.equals(accountId)).ifPresent(whose -> {
            throw new FaultException(
                    new Fault.Permanent(
                            FaultCode.INVALID,
                            IbmAnswer.ofOurs(
                                    "IAM", "the API key belongs to account " + whose + ", not to " + accountId)));
        });
    }

    private static final class Survey {
        private final String account;
        private final String installation;
        private final List<Seen> candidates = new ArrayList<>();
        private final Set<String> ids = new HashSet<>();
        private final Set<String> unusable = new HashSet<>();
        private final Map<String, String> regions = new HashMap<>();

        Survey(String account, String installation) {
            this.account = account;
            this.installation = installation;
        }

        /// An instance that was deleted or deactivated since it was listed shows no keys, and that is no gap in the view: its
        /// keys went with it, or protect nothing until it is back.
        void look(IbmCloud cloud, KmsInstance instance) {
            try {
                List<RootKey> keys = WITHOUT_KEYS.contains(instance.state())
                        ? List.of()
                        : cloud.rootKeys().all(new InstanceAddress(instance.region(), instance.guid()));
                add(instance);
                keys.forEach(key -> add(key, instance));
            } catch (FaultException refused) {
                Optional<KmsInstance> now =
                        cloud.kmsInstances().byGuid(instance.guid()).filter(found -> !found.state().isGone());
                if (now.filter(found -> found.state() == KmsInstance.State.ACTIVE).isPresent()) {
                    throw refused;
                }
                now.ifPresent(this::add);
            }
        }

        private void add(KmsInstance instance) {
            ids.add(instance.guid());
            regions.put(instance.guid(), instance.region());
            if (instance.state() != KmsInstance.State.ACTIVE) {
                unusable.add(instance.guid());
            }
            if (Plan.clusterPrefixOf(instance.name()).isPresent()) {
                candidates.add(
                        new Seen(
                                account, ResourceKind.KMS_INSTANCE, instance.guid(), instance.crn().value(),
                                instance.name(), Optional.empty(), instance.guid(), instance.region(),
                                Optional.of(instance.createdAt()), instance.createdBy()));
            }
        }

        private void add(RootKey key, KmsInstance instance) {
            ids.add(key.id());
            if (!key.isUsable()) {
                unusable.add(key.id());
            }
            key.aliases().stream().flatMap(alias -> ours(alias).stream()).findFirst().ifPresent(
                    mark -> candidates.add(
                            new Seen(
                                    account, ResourceKind.ROOT_KEY, key.id(), key.crn().value(), key.name(),
                                    Optional.of(mark), instance.guid(), instance.region(), key.createdAt(), "")));
        }

        void add(AuthorizationPolicy policy) {
            ids.add(policy.id());
            String target = policy.targetInstance().orElse("");
            ours(policy.description()).ifPresent(
                    mark -> candidates.add(
                            new Seen(
                                    account, ResourceKind.AUTHORIZATION_POLICY, policy.id(), "", policy.description(),
                                    Optional.of(mark), target, regions.getOrDefault(target, ""),
                                    policy.createdAt(), "")));
        }

        private Optional<Mark> ours(String text) {
            return Mark.read(text).filter(mark -> mark.installation().equals(installation));
        }
    }
}
