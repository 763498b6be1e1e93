package io.keyfold.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.cli.output.Format;
import io.keyfold.cli.output.Table;
import io.keyfold.cli.output.Text;
import io.keyfold.cli.sweep.Judgement;
import io.keyfold.cli.sweep.Seen;
import io.keyfold.contract.ResourceKind;
import io.keyfold.workflow.saga.Mark;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a sweep has found, and what became of it.
final class SweepReport {
    private final List<Account> accounts;
    private final List<Judgement.Orphan> orphans;
    private final List<Judgement.Unexplained> unexplained;
    private final List<Judgement.Left> left;
    private final boolean leftToo;

    /// An account that was looked at.
    ///
    /// @param who     whose API key looked; what instances it has created count as ours
    /// @param isMaker whether a saga lists one that it has created
    record Account(String alias, String who, boolean isMaker) {
        private String words() {
            return alias + " as " + who
                    + (isMaker ? ""
                            : " (who has created no instance that is in a status, and is taken for one of ours)");
        }
    }

    /// @param accounts all that were looked at
    /// @param leftToo  whether to list also what is left alone
    SweepReport(List<Account> accounts, List<Judgement> judged, boolean leftToo) {
        this.accounts = List.copyOf(accounts);
        this.orphans = only(judged, Judgement.Orphan.class);
        this.unexplained = only(judged, Judgement.Unexplained.class);
        this.left = only(judged, Judgement.Left.class);
        this.leftToo = leftToo;
    }

    private static <T extends Judgement> List<T> only(List<Judgement> judged, Class<T> kind) {
        return judged.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    List<Judgement.Orphan> orphans() {
        return orphans;
    }

    /// How many of the orphans are root keys: deleting them destroys data for good, and wants a reason.
    long rootKeys() {
        return orphans.stream().filter(SweepReport::isRootKey).count();
    }

    private static boolean isRootKey(Judgement.Orphan orphan) {
        return orphan.seen().kind() == ResourceKind.ROOT_KEY;
    }

    boolean isClean() {
        return orphans.isEmpty() && unexplained.isEmpty();
    }

    /// Whether nothing is left that wants somebody.
    boolean isClean(Map<String, SweepDeletion.End> ends) {
        return unexplained.isEmpty() && deleted(ends) == orphans.size();
    }

    private long deleted(Map<String, SweepDeletion.End> ends) {
        return orphans.stream().filter(orphan -> ends.get(orphan.seen().id()) instanceof SweepDeletion.End.Deleted)
                .count();
    }

    /// @param ends by id, what became of the orphans; empty if none was to be deleted
    void print(Format format, Map<String, SweepDeletion.End> ends) {
        System.out.println(format.isData() ? format.of(json(ends)) : table(ends));
    }

    String table(Map<String, SweepDeletion.End> ends) {
        var text = new StringBuilder();
        if (!orphans.isEmpty()) {
            var table = ends.isEmpty()
                    ? new Table("CLUSTER", "RUN", "ORPHAN", "ID", "MARK OR NAME", "MADE AT", "TO DELETE IT")
                    : new Table("CLUSTER", "RUN", "ORPHAN", "ID", "DELETED", "WHAT BECAME OF IT");
            orphans.forEach(orphan -> table.row(cells(orphan, Optional.ofNullable(ends.get(orphan.seen().id())))));
            text.append(table).append("\n\n");
        }
        if (!unexplained.isEmpty()) {
            var table = new Table("FOR A PERSON TO LOOK AT", "ID", "MARK OR NAME", "WHY");
            unexplained.forEach(
                    one -> table.row(one.seen().kind().name(), one.seen().id(), markOrName(one.seen()), one.why()));
            text.append(table).append("\n\n");
        }
        if (leftToo && !left.isEmpty()) {
            var table = new Table("LEFT ALONE", "ID", "MARK OR NAME", "WHY");
            left.forEach(
                    one -> table.row(one.seen().kind().name(), one.seen().id(), markOrName(one.seen()), one.why()));
            text.append(table).append("\n\n");
        }
        text.append("Looked at: ").append(accounts.stream().map(Account::words).collect(Collectors.joining(", ")));
        return text.append(".\n").append(sum(ends)).toString();
    }

    private static String[] cells(Judgement.Orphan orphan, Optional<SweepDeletion.End> end) {
        Seen seen = orphan.seen();
        var what = Stream.of(orphan.cluster(), Integer.toString(orphan.run()), seen.kind().name(), seen.id());
        var how = end.map(known -> Stream.of(word(known), known.words())).orElseGet(
                () -> Stream.of(
                        markOrName(seen), seen.createdAt().map(Text::second).orElse("-"),
                        isRootKey(orphan) ? "--reason" : "-"));
        return Stream.concat(what, how).toArray(String[]::new);
    }

    private static String word(SweepDeletion.End end) {
        return switch (end) {
            case SweepDeletion.End.Deleted _ -> "yes";
            case SweepDeletion.End.NotDeleted _ -> "no";
            case SweepDeletion.End.Open _ -> "not yet";
        };
    }

    private String sum(Map<String, SweepDeletion.End> ends) {
        long gone = deleted(ends);
        long stay = orphans.size() - gone;
        return (ends.isEmpty() ? "" : gone + " deleted, ") + stay + (stay == 1 ? " orphan" : " orphans")
                + (ends.isEmpty() ? ", " : " left, ") + unexplained.size()
                + " for a person to look at, " + left.size() + " that are accounted for or too young"
                + (left.isEmpty() || leftToo ? "." : " (--all lists them).");
    }

    private static String markOrName(Seen seen) {
        return seen.mark().map(Mark::text).orElse(seen.name());
    }

    JsonNode json(Map<String, SweepDeletion.End> ends) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode lookedAt = json.putArray("accounts");
        accounts.forEach(
                account -> lookedAt.addObject().put("account", account.alias()).put("looked_at_as", account.who())
                        .put("has_created_instances", account.isMaker()));
        ArrayNode found = json.putArray("orphans");
        for (Judgement.Orphan orphan : orphans) {
            ObjectNode one = seen(found, orphan.seen()).put("cluster_id", orphan.cluster()).put("run", orphan.run())
                    .put("wants_reason", isRootKey(orphan));
            Optional.ofNullable(ends.get(orphan.seen().id())).ifPresent(
                    end -> one.put("deleted", end instanceof SweepDeletion.End.Deleted).put("why", end.words()));
        }
        ArrayNode doubtful = json.putArray("unexplained");
        unexplained.forEach(one -> seen(doubtful, one.seen()).put("why", one.why()));
        if (leftToo) {
            ArrayNode alone = json.putArray("left");
            left.forEach(one -> seen(alone, one.seen()).put("cluster_id", one.cluster()).put("why", one.why()));
        } else {
            json.put("left", left.size());
        }
        return json;
    }

    private static ObjectNode seen(ArrayNode list, Seen seen) {
        return list.addObject().put("account", seen.account()).put("kind", seen.kind().name()).put("id", seen.id())
                .put("mark", seen.mark().map(Mark::text).orElse("")).put("name", seen.name())
                .put("instance_id", seen.instanceId())
                .put("created_at", seen.createdAt().map(Object::toString).orElse(""));
    }
}
