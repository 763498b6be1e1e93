package io.keyfold.gateway.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.RunState;
import io.keyfold.contract.Standing;
import io.keyfold.contract.StepName;
import io.keyfold.contract.StorageService;
import io.keyfold.gateway.Statuses;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FleetTest {
    private final Fleet fleet = new Fleet();
    private long offset;

    FleetTest() {
        fleet.begin("topic", 1);
    }

    @Test
    void is_counted_as_clusters_come_change_and_go() {
        put(Statuses.completed("a"));
        put(Statuses.failed("b"));
        put(Statuses.failed("c"));
        put(Statuses.completed("c"));
        fleet.remove("default/a", next());

        assertThat(fleet.counts().clusters()).isEqualTo(2);
        assertThat(fleet.counts().standing()).containsEntry(Standing.CUSTOMER_MANAGED, 1)
                .containsEntry(Standing.NONE, 1).containsEntry(Standing.DRIFTED, 0);
        assertThat(fleet.counts().runState()).containsEntry(RunState.FAILED, 1);
        assertThat(fleet.counts().needPerson()).isEqualTo(1);
    }

    @Test
    void the_whole_status_is_there_again() {
        var status = Statuses.completed("a").build();

        fleet.put(status, next());

        assertThat(fleet.cluster("default/a").orElseThrow().status()).isEqualTo(status);
    }

    @Test
    void pages_in_any_order_give_every_cluster_once() {
        for (var number = 0; number < 57; number++) {
            put(
                    Statuses.completed("hpc-" + number)
                            .setUpdatedAt(Statuses.NOON.plusSeconds(number % 5)));
        }
        for (var name : Order.names()) {
            for (var order : List.of(Order.named(name).orElseThrow(), Order.named("-" + name).orElseThrow())) {
                assertThat(ids(Selection.ALL, order, 10)).as(order.toString()).hasSize(57).doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void pages_are_sorted() {
        put(Statuses.completed("b").setUpdatedAt(Instant.ofEpochMilli(2)));
        put(Statuses.completed("a").setUpdatedAt(Instant.ofEpochMilli(2)));
        put(Statuses.completed("c").setUpdatedAt(Instant.ofEpochMilli(1)));

        assertThat(ids(Selection.ALL, Order.named("updated_at").orElseThrow(), 2))
                .containsExactly("default/c", "default/a", "default/b");
        assertThat(ids(Selection.ALL, Order.named("-updated_at").orElseThrow(), 2))
                .containsExactly("default/a", "default/b", "default/c");
        assertThat(ids(Selection.ALL, Order.named("-cluster_id").orElseThrow(), 2))
                .containsExactly("default/c", "default/b", "default/a");
    }

    @Test
    void a_page_goes_on_after_a_cluster_that_is_gone() {
        List.of("a", "b", "c", "d").forEach(prefix -> put(Statuses.completed(prefix)));
        var first = fleet.page(Selection.ALL, Order.USUAL, Optional.empty(), 2);
        fleet.remove("default/b", next());

        var second = fleet.page(Selection.ALL, Order.USUAL, first.next(), 2);

        assertThat(second.clusters()).extracting(Cluster::id).containsExactly("default/c", "default/d");
        assertThat(second.next()).isEmpty();
    }

    @Test
    void clusters_are_found_by_what_they_are() {
        put(Statuses.completed("good"));
        put(Statuses.failed("bad").setRegion("us-south"));
        put(Statuses.completed("drifted").setStanding(Standing.DRIFTED));

        assertThat(found(selection(Set.of(Standing.DRIFTED), Optional.empty(), ""))).containsExactly("default/drifted");
        assertThat(found(selection(Set.of(), Optional.of(true), ""))).containsExactly("default/bad", "default/drifted");
        assertThat(found(selection(Set.of(), Optional.empty(), "ORDER of good"))).containsExactly("default/good");
        assertThat(found(selection(Set.of(), Optional.empty(), "crn:v1:bluemix:public:kms:eu-de:a/1:instance-of-good")))
                .containsExactly("default/good");
        assertThat(
                found(
                        new Selection(
                                Set.of(), Set.of(RunState.FAILED), Set.of(), Optional.empty(), Set.of(
                                        StepName.ROOT_KEY),
                                Optional.empty(), Optional.empty(), Optional.of("default"), Optional.of("us-south"),
                                "")))
                .containsExactly("default/bad");
        assertThat(
                found(
                        new Selection(
                                Set.of(), Set.of(), Set.of(Standing.CUSTOMER_MANAGED), Optional.of(
                                        StorageService.BLOCK_STORAGE),
                                Set.of(), Optional.of(false), Optional.of(false), Optional.empty(), Optional.empty(),
                                "")))
                .containsExactly("default/good");
    }

    @Test
    void a_follower_is_told_of_a_cluster_once_however_often_it_changed() throws InterruptedException {
        try (var subscription = fleet.subscribe()) {
            put(Statuses.completed("a"));
            put(Statuses.completed("b"));
            put(Statuses.completed("a"));

            assertThat(subscription.await(Duration.ofSeconds(5))).isTrue();
            assertThat(subscription.take().clusters()).containsExactly("default/a", "default/b");
            assertThat(subscription.take().isEmpty()).isTrue();
        }
    }

    @Test
    void a_follower_who_does_not_look_costs_no_more_than_a_bound_and_is_told_to_begin_anew() {
        try (var subscription = fleet.subscribe()) {
            for (var number = 0; number <= Subscription.MOST; number++) {
                put(Statuses.completed("c" + number));
            }
            var changes = subscription.take();

            assertThat(changes.isReset()).isTrue();
            assertThat(changes.clusters()).isEmpty();
            put(Statuses.completed("later"));
            assertThat(subscription.take().clusters()).containsExactly("default/later");
        }
    }

    @Test
    void who_comes_back_is_told_what_has_changed_and_what_is_gone_since() {
        put(Statuses.completed("old"));
        put(Statuses.completed("gone"));
        var then = EventId.parse(new EventId(fleet.positions(), Instant.EPOCH).toString()).orElseThrow().positions();
        put(Statuses.completed("new"));
        fleet.remove("default/gone", next());

        try (var subscription = fleet.subscribe(then)) {
            assertThat(subscription.take().clusters()).containsExactlyInAnyOrder("default/new", "default/gone");
        }
    }

    @Test
    void who_comes_from_another_gateway_is_told_of_what_was_gone_before_this_one_began() {
        var then = fleet.positions();
        fleet.remove("default/never-seen-here", next());

        try (var subscription = fleet.subscribe(then)) {
            assertThat(subscription.take().clusters()).containsExactly("default/never-seen-here");
        }
    }

    @Test
    void who_comes_back_from_another_topic_of_that_name_begins_anew() {
        try (var subscription = fleet.subscribe(Positions.beginning("another", 1))) {
            assertThat(subscription.take().isReset()).isTrue();
        }
    }

    @Test
    void an_event_id_is_read_back_and_nonsense_is_none() {
        var id = new EventId(
                new Positions("topic", new long[]{0, 127, 128, 1L << 40}), Instant.ofEpochSecond(1_700_000_000));

        assertThat(EventId.parse(id.toString())).contains(id);
        for (var nonsense : List.of("", "a.b", "a.zz!.AA", "a.1.%", "a.1.gA", "x".repeat(30_000))) {
            assertThat(EventId.parse(nonsense)).as(nonsense).isEmpty();
        }
    }

    private void put(ClusterEncryptionStatus.Builder status) {
        fleet.put(status.build(), next());
    }

    private Place next() {
        return new Place(0, offset++);
    }

    private static Selection selection(Set<Standing> standings, Optional<Boolean> needsPerson, String text) {
        return new Selection(
                standings, Set.of(), Set.of(), Optional.empty(), Set.of(), needsPerson, Optional.empty(),
                Optional.empty(), Optional.empty(), text);
    }

    private List<String> found(Selection selection) {
        return ids(selection, Order.USUAL, 100);
    }

    private List<String> ids(Selection selection, Order order, int limit) {
        var ids = new ArrayList<String>();
        var after = Optional.<Order.Rank>empty();
        do {
            var page = fleet.page(selection, order, after, limit);
            page.clusters().forEach(cluster -> ids.add(cluster.id()));
            after = page.next();
        } while (after.isPresent());
        return ids;
    }
}
