package io.keyfold.workers.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedReadingTest {
    private static final int PAGES = 200;

    private final List<String> begun = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        threads.close();
    }

    @Test
    void of_a_list_of_many_pages_only_the_page_that_is_refused_is_read_again() {
        var calls = new AtomicInteger();
        Turn turn = turn();

        List<Integer> all = turn.look(new SharedReading<>(pages(page -> {
            if (calls.incrementAndGet() % 3 == 0) {
                throw busy();
            }
            return page;
        })));

        assertThat(all).hasSize(PAGES).doesNotHaveDuplicates().isSorted();
        assertThat(calls).hasValue(PAGES + (PAGES - 1) / 2);
        assertThat(turn.calls()).isEqualTo(calls.get());
    }

    @Test
    void pages_that_lead_in_a_circle_are_an_error() {
        var circle = new Listing<>("IAM: list", _ -> new Listing.Page<>(List.of(1), Optional.of("1")));

        assertThatThrownBy(() -> turn().look(new SharedReading<>(circle))).isInstanceOf(FaultException.class)
                .hasMessageContaining("circle");
    }

    @Test
    void who_asks_while_it_is_read_shares_the_next_reading_with_all_who_ask_then() throws Exception {
        var first = new CountDownLatch(1);
        var list = new SharedReading<>(new Listing<>("IAM: list", _ -> {
            int number = noted();
            if (number == 1) {
                awaited(first);
            }
            return new Listing.Page<>(List.of(number), Optional.empty());
        }));
        CompletableFuture<List<Integer>> reading = asked(list);
        await().until(() -> count() == 1);
        var asking = new ArrayList<Thread>();
        var later = new ArrayList<CompletableFuture<List<Integer>>>();
        for (int i = 0; i < 20; i++) {
            var answer = new CompletableFuture<List<Integer>>();
            later.add(answer);
            asking.add(Thread.startVirtualThread(() -> answer.complete(turn().look(list))));
        }
        await().until(() -> asking.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
        first.countDown();

        assertThat(reading.get()).containsExactly(1);
        for (var answer : later) {
            assertThat(answer.get()).as("none was begun before it was asked for").containsExactly(2);
        }
        assertThat(turn().look(list)).containsExactly(3);
    }

    @Test
    void while_it_cannot_be_read_not_each_one_who_waits_tries() throws Exception {
        var first = new CountDownLatch(1);
        var list = new SharedReading<>(new Listing<>("IAM: list", _ -> {
            int number = noted();
            if (number == 1) {
                awaited(first);
            }
            if (number == 2) {
                throw new FaultException(new Fault.Permanent(FaultCode.FORBIDDEN, answer()));
            }
            return new Listing.Page<>(List.of(number), Optional.empty());
        }));
        CompletableFuture<List<Integer>> reading = asked(list);
        await().until(() -> count() == 1);
        var asking = new ArrayList<Thread>();
        var failed = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            asking.add(Thread.startVirtualThread(() -> {
                try {
                    turn().look(list);
                } catch (FaultException refused) {
                    failed.incrementAndGet();
                }
            }));
        }
        await().until(() -> asking.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
        first.countDown();
        for (Thread thread : asking) {
            thread.join();
        }

        assertThat(reading.get()).containsExactly(1);
        assertThat(failed).hasValue(20);
        assertThat(turn().look(list)).as("who asks after that reads anew").containsExactly(3);
    }

    private CompletableFuture<List<Integer>> asked(SharedReading<Integer> list) {
        return CompletableFuture.supplyAsync(() -> turn().look(list), threads);
    }

    private synchronized int noted() {
        begun.add("");
        return begun.size();
    }

    private synchronized int count() {
        return begun.size();
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Listing<Integer> pages(java.util.function.UnaryOperator<Integer> read) {
        return new Listing<>("IAM: list", start -> {
            int page = read.apply(start.map(Integer::valueOf).orElse(0));
            return new Listing.Page<>(
                    List.of(page), page + 1 < PAGES ? Optional.of(Integer.toString(page + 1)) : Optional.empty());
        });
    }

    private static FaultException busy() {
        return new FaultException(new Fault.Transient(FaultCode.TRANSIENT, answer(), Optional.empty()));
    }

    private static IbmAnswer answer() {
        return new IbmAnswer("IAM: list", OptionalInt.of(503), Optional.empty(), "Try later", Optional.empty());
    }

    private static Turn turn() {
        return new Turn(
                StepRunnerTest.provision(),
                new Turn.Surroundings(
                        Clock.systemUTC(), new FakeTime(), new Random(1), Duration.ofHours(1), Duration.ofSeconds(4)),
                false, () -> true);
    }
}
