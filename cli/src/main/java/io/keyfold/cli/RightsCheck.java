package io.keyfold.cli;

import io.keyfold.workers.WorkerKind;
import io.keyfold.workers.ibmcloud.IbmCloud;
import io.keyfold.workers.kmsinstance.KmsInstance;
import io.keyfold.workers.rootkey.RootKey;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.InstanceAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Which of the roles that worker kinds need an account's credentials have, as far as reads tell: IBM shows a role that is
/// missing by a refusal (Key Protect) or by an empty list (the Resource Controller, IAM), and a list may be empty anyway.
final class RightsCheck {
    private final String account;
    private final IbmCloud cloud;
    private final List<Finding> findings = new ArrayList<>();

    private RightsCheck(String account, IbmCloud cloud) {
        this.account = account;
        this.cloud = cloud;
    }

    /// @param kinds whose credentials these are
    /// @throws FaultException if IBM does not answer, other than by refusing
    static List<Finding> findings(String account, IbmCloud cloud, Set<WorkerKind> kinds) {
        var check = new RightsCheck(account, cloud);
        var instance = cloud.kmsInstances().all().stream()
                .filter(each -> each.state() == KmsInstance.State.ACTIVE).findFirst();
        kinds.forEach(kind -> check.look(kind, instance));
        return check.findings;
    }

    private void look(WorkerKind kind, Optional<KmsInstance> instance) {
        if (instance.isEmpty()) {
            tell(
                    kind,
                    "no active Key Protect instance is seen: there is none yet, or Viewer on Key Protect is missing,"
                            + " which looks the same. No role could be tried");
            return;
        }
        switch (kind) {
            case KMS_INSTANCE -> tell(
                    kind, "Viewer: sees instance " + instance.get().name()
                            + ". Editor, to create and delete them, is not tried: no read takes it");
            case ROOT_KEY -> rootKey(kind, instance.get());
            case AUTHORIZATION -> keysOf(kind, instance.get(), "Reader").ifPresent(_ -> tell(
                    kind, "Reader: reads the keys of " + instance.get().name()
                            + ". Administrator, to create and delete authorizations, is not tried: no read takes it"));
        }
    }

    /// A key's policies are shown to Managers alone.
    private void rootKey(WorkerKind kind, KmsInstance instance) {
        var keys = keysOf(kind, instance, "Manager");
        if (keys.isEmpty()) {
            return;
        }
        var key = keys.get().stream().filter(RootKey::isUsable).findFirst();
        if (key.isEmpty()) {
            tell(
                    kind, "Reader: reads the keys of " + instance.name()
                            + ", of which none is usable. Manager could not be tried");
            return;
        }
        refusable(
                kind, "Manager", "may not read the policies of key " + key.get().name() + " in " + instance.name(),
                address -> cloud.rootKeys().rotation(address, key.get().id()), instance)
                .ifPresent(_ -> tell(kind, "Manager: reads the policies of key " + key.get().name()));
    }

    private Optional<List<RootKey>> keysOf(WorkerKind kind, KmsInstance instance, String role) {
        return refusable(
                kind, role, "may not read the keys of " + instance.name(), cloud.rootKeys()::all, instance);
    }

    /// @return empty if it was refused, which is then among the findings
    private <T> Optional<T> refusable(
            WorkerKind kind, String role, String refused, Function<InstanceAddress, T> read, KmsInstance instance) {
        try {
            return Optional.of(read.apply(new InstanceAddress(instance.region(), instance.guid())));
        } catch (FaultException e) {
            if (e.fault().code() != FaultCode.FORBIDDEN) {
                throw e;
            }
            findings.add(
                    new Finding(
                            subject(kind), false, refused + ": " + role + " on Key Protect is missing there (" +
                                    e.fault().answer() + ")",
                            grant(cloud.identity().iamId(), role)));
            return Optional.empty();
        }
    }

    /// A service ID and a trusted profile are named by their ids, a person, whose key it may be, by his name.
    static String grant(String iamId, String role) {
        String who = iamId.replaceFirst("^iam-", "");
        String rights = " --roles " + role + " --service-name kms";
        if (who.startsWith("Profile-")) {
            return "ibmcloud iam trusted-profile-policy-create " + who + rights;
        }
        return who.startsWith("ServiceId-") ? "ibmcloud iam service-policy-create " + who + rights
                : "ibmcloud iam user-policy-create NAME" + rights + ", where NAME is the user with the IAM ID " + who;
    }

    private void tell(WorkerKind kind, String words) {
        findings.add(new Finding(subject(kind), true, words, ""));
    }

    private String subject(WorkerKind kind) {
        return "roles " + account + "/" + kind.service();
    }
}
