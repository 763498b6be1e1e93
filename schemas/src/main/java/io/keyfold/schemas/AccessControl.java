package io.keyfold.schemas;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;

/// Grants what [AccessRules] say in a Kafka cluster, and says what differs from them. Never takes a right away: whose it is
/// may be known to its owner alone.
public final class AccessControl {
    /// With these nobody can change what Keyfold relies on.
    private static final Set<AclOperation> HARMLESS =
            Set.of(AclOperation.READ, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS);

    private static final String ANY = "*";

    private final Admin admin;
    private final AccessRules rules;

    /// The admin client stays the caller's to close. Its user must be allowed to describe and alter the cluster.
    public AccessControl(Admin admin, AccessRules rules) {
        this.admin = admin;
        this.rules = rules;
    }

    /// Grants what is missing, then looks at everything.
    public List<Inspection> apply() {
        Set<AclBinding> there = Set.copyOf(existing());
        List<AclBinding> missing = rules.all().stream().filter(rule -> !there.contains(rule)).toList();
        KafkaAnswer.done(admin.createAcls(missing).all());
        return look(new HashSet<>(missing), Stream.concat(there.stream(), missing.stream()).toList());
    }

    /// Looks at everything and changes nothing.
    public List<Inspection> verify() {
        return look(Set.of(), existing());
    }

    private List<Inspection> look(Set<AclBinding> created, Collection<AclBinding> existing) {
        Set<AclBinding> there = new HashSet<>(existing);
        List<AclBinding> wanted = rules.all();
        List<Inspection> inspections = new ArrayList<>();
        for (AclBinding rule : wanted) {
            if (created.contains(rule)) {
                inspections.add(Inspection.created(words(rule)));
            } else {
                inspections.add(
                        there.contains(rule)
                                ? Inspection.compared(words(rule), List.of())
                                : Inspection.missing(words(rule)));
            }
        }
        there.removeAll(Set.copyOf(wanted));
        there.stream().flatMap(this::surplus).sorted((one, other) -> one.name().compareTo(other.name()))
                .forEach(inspections::add);
        return List.copyOf(inspections);
    }

    /// What is to be said of a binding that the rules do not ask for.
    private Stream<Inspection> surplus(AclBinding binding) {
        String name = words(binding);
        boolean isOurs = rules.principals().containsValue(binding.entry().principal());
        if (binding.entry().permissionType() == AclPermissionType.DENY) {
            return isOurs || (isOfAnyone(binding) && touchesOurs(binding.pattern()))
                    ? Stream.of(Inspection.compared(name, List.of("takes away what the rules grant; see whose it is")))
                    : Stream.empty();
        }
        if (isOurs) {
            return Stream.of(Inspection.compared(name, List.of("more than this principal needs")));
        }
        return touchesOurs(binding.pattern()) && !HARMLESS.contains(binding.entry().operation())
                ? Stream.of(
                        Inspection.compared(
                                name, List.of("lets a principal that is none of Keyfold's change what is Keyfold's")))
                : Stream.empty();
    }

    private static boolean isOfAnyone(AclBinding binding) {
        return binding.entry().principal().equals("User:" + ANY);
    }

    private boolean touchesOurs(ResourcePattern pattern) {
        return switch (pattern.resourceType()) {
            case TOPIC -> Topics.ALL.stream().anyMatch(topic -> covers(pattern, topic.name()))
                    || meetsPrefix(pattern);
            case GROUP -> rules.groups().stream().anyMatch(group -> covers(pattern, group));
            case TRANSACTIONAL_ID -> meetsPrefix(pattern);
            default -> false;
        };
    }

    private static boolean covers(ResourcePattern pattern, String name) {
        return pattern.name().equals(ANY)
                || (pattern.patternType() == PatternType.PREFIXED
                        ? name.startsWith(pattern.name())
                        : name.equals(pattern.name()));
    }

    private boolean meetsPrefix(ResourcePattern pattern) {
        return covers(pattern, rules.ownPrefix()) || pattern.name().startsWith(rules.ownPrefix());
    }

    private Collection<AclBinding> existing() {
        return KafkaAnswer.of(admin.describeAcls(AclBindingFilter.ANY).values());
    }

    /// `User:keyfold-workflow ALLOW READ group keyfold-workflow-default`, and the host unless it is any.
    static String words(AclBinding binding) {
        String host = binding.entry().host().equals(ANY) ? "" : " from " + binding.entry().host();
        return binding.entry().principal() + " " + binding.entry().permissionType() + " " + right(binding) + " "
                + resource(binding) + host;
    }

    /// `READ topic`
    static String right(AclBinding binding) {
        return binding.entry().operation() + " "
                + binding.pattern().resourceType().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /// The resource's name, with an ellipsis if it is the beginning of names.
    static String resource(AclBinding binding) {
        return binding.pattern().name() + (binding.pattern().patternType() == PatternType.PREFIXED ? "…" : "");
    }
}
