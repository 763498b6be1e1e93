package io.keyfold.emulator.iam;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The resource groups of all accounts.
public final class ResourceGroups {

    /// @param isDefault each account has exactly one of these from its start
    public record Group(String id, String account, String name, boolean isDefault, Instant created) {

        public String crn() {
            return "crn:v1:bluemix:public:resource-controller::a/" + account + "::resource-group:" + id;
        }
    }

    private final List<Group> groups = new ArrayList<>();

    public synchronized void add(Group group) {
        groups.add(group);
    }

    public synchronized List<Group> of(String account) {
        return groups.stream().filter(group -> group.account.equals(account)).toList();
    }

    public synchronized Optional<Group> withId(String id) {
        return groups.stream().filter(group -> group.id.equals(id)).findFirst();
    }

    public synchronized void clear() {
        groups.clear();
    }
}
