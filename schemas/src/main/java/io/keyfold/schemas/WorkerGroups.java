package io.keyfold.schemas;

import io.keyfold.contract.WorkerKind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The consumer group that all processes of a worker kind form, and how each of its members shows which version of the
/// contract it knows: in its client id, which Kafka tells to whoever may describe the group.
///
/// What a later version adds to a command an earlier worker passes over, as Avro wants it: it would make a key where one was to
/// be imported. So whoever sends commands has to know who reads them.
public final class WorkerGroups {
    /// The version of the contract that this program knows: that of the latest release, or the one after it once anything
    /// was added.
    public static final int CONTRACT = 2;

    private static final String MARK = "-contract-";

    private WorkerGroups() {}

    /// @param service `kms-instance`, `root-key` or `authorization`
    public static String id(String installation, String service) {
        return "keyfold-" + installation + "-" + service;
    }

    /// The groups of all worker kinds.
    public static List<String> ids(String installation) {
        return Arrays.stream(WorkerKind.values())
                .filter(kind -> kind != WorkerKind.UNKNOWN)
                .map(kind -> id(installation, kind.name().toLowerCase(Locale.ROOT).replace('_', '-')))
                .collect(Collectors.toUnmodifiableList());
    }

    /// What the brokers call a process of this kind and version.
    public static String clientId(String installation, String service) {
        return id(installation, service) + MARK + CONTRACT;
    }

    /// Whether the member with this client id knows less of the contract than this program may send.
    public static boolean isEarlier(String clientId) {
        return contractOf(clientId) < CONTRACT;
    }

    /// Which version of the contract the member with this client id knows. The first version did not say.
    static int contractOf(String clientId) {
        int mark = clientId.lastIndexOf(MARK);
        String version = mark < 0 ? "" : clientId.substring(mark + MARK.length());
        return version.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(version) : 1;
    }
}
