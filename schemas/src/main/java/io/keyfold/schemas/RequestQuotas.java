package io.keyfold.schemas;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.utils.SecurityUtils;

/// How much those who ask may write, so that none of them floods the others: Kafka's own quota of each one's user.
///
/// The services have none: a workflow or a worker that was slowed down would slow down everybody.
public final class RequestQuotas {
    /// Bytes a second, on each broker. A request takes some 200 to 500: more than a hundred of them each second.
    public static final long DEFAULT_BYTES_PER_SECOND = 65_536;

    /// Who is held to one.
    public static final Set<Party> PARTIES =
            Collections.unmodifiableSet(EnumSet.of(Party.ORCHESTRATOR, Party.OPERATOR));

    private static final String RATE = "producer_byte_rate";

    private final Map<String, Long> wanted = new TreeMap<>();

    /// @param principals of the parties, as Kafka writes them: `User:name`
    /// @param bytesPerSecond for each of them
    /// @throws IllegalArgumentException if Kafka counts nothing for one of these principals
    public RequestQuotas(Map<Party, String> principals, long bytesPerSecond) {
        for (Party party : PARTIES) {
            KafkaPrincipal principal = SecurityUtils.parseKafkaPrincipal(Objects.requireNonNull(principals.get(party)));
            if (!principal.getPrincipalType().equals(KafkaPrincipal.USER_TYPE)) {
                throw new IllegalArgumentException(
                        principal + " is no user: Kafka keeps quotas of users (User:name) alone");
            }
            wanted.put(principal.getName(), bytesPerSecond);
        }
    }

    /// The bytes a second of each user.
    public Map<String, Long> byUser() {
        return Map.copyOf(wanted);
    }

    /// Sets what is missing or different, then says what was done.
    public List<Inspection> apply(Admin admin) {
        List<Inspection> before = verify(admin);
        List<ClientQuotaAlteration> alterations = wanted.entrySet().stream()
                .map(user -> new ClientQuotaAlteration(
                        entity(user.getKey()),
                        List.of(new ClientQuotaAlteration.Op(RATE, user.getValue().doubleValue()))))
                .toList();
        KafkaAnswer.done(admin.alterClientQuotas(alterations).all());
        return before.stream().map(found -> found.isGood() ? found : Inspection.created(found.name())).toList();
    }

    /// Compares them with what is set, and changes nothing.
    public List<Inspection> verify(Admin admin) {
        List<Inspection> inspections = new ArrayList<>();
        Map<ClientQuotaEntity, Map<String, Double>> set = KafkaAnswer.of(
                admin.describeClientQuotas(
                        ClientQuotaFilter.containsOnly(
                                List.of(ClientQuotaFilterComponent.ofEntityType(ClientQuotaEntity.USER))))
                        .entities());
        wanted.forEach((user, bytes) -> {
            Optional<Double> there = Optional.ofNullable(set.get(entity(user))).map(quotas -> quotas.get(RATE));
            inspections.add(there.isEmpty() ? Inspection.missing(user)
                    : Inspection.compared(
                            user, there.get() == bytes.doubleValue() ? List.of()
                                    : List.of(RATE + " is " + there.get().longValue() + ", wanted " + bytes)));
        });
        return List.copyOf(inspections);
    }

    private static ClientQuotaEntity entity(String user) {
        return new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, user));
    }
}
