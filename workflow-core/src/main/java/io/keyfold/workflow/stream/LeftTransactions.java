package io.keyfold.workflow.stream;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;

/// Ends what a process of the workflow has left open when it was killed, or stood still until the group went on without it.
///
/// What such a process last wrote holds up everybody who reads behind it: those who take its partitions over and restore
/// their state, and those who read status and audit. Kafka ends it by itself after `transaction.timeout.ms` (10 s) and up
/// to another 10 s (`transaction.abort.timed.out.transaction.cleanup.interval.ms` of the broker). A process that is started
/// again on its own state directory has the same transactional ids and ends its own; another one's it does not know.
///
/// A process of Kafka Streams has an id, which its transactional ids (`<application.id>-<process>-<thread>`) and its
/// clients' ids (`<application.id>-<process>-StreamThread-…`) have in common. Where `kafka.client.id` gives them another,
/// nobody can tell whose a transaction is, and it is left to Kafka.
final class LeftTransactions {
    private static final long PATIENCE_SECONDS = 5;
    private static final String PROCESS = "-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-.*";

    private final Admin admin;
    private final String applicationId;
    private final Pattern ids;
    private Set<String> membersBefore = Set.of();
    private boolean someAreLeft = true;

    LeftTransactions(Admin admin, String applicationId) {
        this.admin = admin;
        this.applicationId = applicationId;
        this.ids = Pattern.compile(Pattern.quote(applicationId) + PROCESS);
    }

    /// Looks for some if the group has changed since the last look, or that one found some.
    ///
    /// @return the transactional ids of those that it has ended
    /// @throws KafkaException if Kafka cannot be asked now; the next look asks again
    List<String> end() throws InterruptedException {
        try {
            List<String> clients = clients();
            if (!clients.stream().allMatch(client -> ids.matcher(client).matches())) {
                return List.of();
            }
            Set<String> members = processes(clients);
            if (members.equals(membersBefore) && !someAreLeft) {
                return List.of();
            }
            List<String> left = left(members);
            if (!left.isEmpty()) {
                admin.fenceProducers(left).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            someAreLeft = !left.isEmpty();
            membersBefore = members;
            return left;
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException("What processes have left open cannot be ended now", e);
        }
    }

    private List<String> clients() throws InterruptedException, ExecutionException, TimeoutException {
        return admin.describeConsumerGroups(List.of(applicationId)).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .values()
                .stream().flatMap(group -> group.members().stream()).map(MemberDescription::clientId).toList();
    }

    private Set<String> processes(List<String> clients) {
        return clients.stream().flatMap(client -> ids.matcher(client).results()).map(match -> match.group(1))
                .collect(Collectors.toSet());
    }

    private List<String> left(Set<String> members) throws InterruptedException, ExecutionException, TimeoutException {
        var open = admin.listTransactions(new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING)))
                .all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        // Whoever has just come is a member before it writes: so only those count that are none now either.
        Set<String> alive = new HashSet<>(members);
        alive.addAll(processes(clients()));
        List<String> left = new ArrayList<>();
        for (TransactionListing transaction : open) {
            Matcher id = ids.matcher(transaction.transactionalId());
            if (id.matches() && !alive.contains(id.group(1))) {
                left.add(transaction.transactionalId());
            }
        }
        return left;
    }
}
