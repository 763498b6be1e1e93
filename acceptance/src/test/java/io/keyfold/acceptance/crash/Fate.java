package io.keyfold.acceptance.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// What a process does that others can see, in order, and at which of it the process dies. A worker keeps nothing on
/// disk: what it has sent to the cloud and to Kafka is all that there is of it.
///
/// Whoever is dead throws [Death] at the next thing that it tries to do.
public final class Fate {
    /// What a process can do. A publication follows the calls of its command.
    ///
    /// @param words `POST /v1/policies`; of an event, its topic
    public record Deed(String words, boolean isCall) {}

    /// @param call the number of the call, from 1
    public record Plan(int call, CrashPoint point) {}

    /// Nothing catches it but what ends a process.
    @SuppressWarnings("serial") // never written
    static final class Death extends Error {
        Death() {
            super("this worker is dead", null, false, false);
        }
    }

    private final Optional<Plan> plan;
    private final List<Deed> deeds = new ArrayList<>();
    private final CompletableFuture<Deed> died = new CompletableFuture<>();
    private int calls;
    private Optional<Deed> struck = Optional.empty();

    Fate(Optional<Plan> plan) {
        this.plan = plan;
    }

    /// A call is about to go out.
    void beforeCall(String words) {
        synchronized (this) {
            dieIf(CrashPoint.AFTER_THE_REPLY);
            liveOrDie();
            calls++;
            Deed deed = new Deed(words, true);
            deeds.add(deed);
            if (plan.filter(it -> it.call() == calls).isPresent()) {
                struck = Optional.of(deed);
            }
            dieIf(CrashPoint.BEFORE_THE_CALL);
        }
    }

    /// The cloud has done what it does; its reply lies here.
    void beforeReply() {
        synchronized (this) {
            liveOrDie();
            dieIf(CrashPoint.AFTER_THE_EFFECT);
        }
    }

    /// An event is about to go out.
    void beforeEvent(String topic) {
        synchronized (this) {
            dieIf(CrashPoint.AFTER_THE_REPLY);
            liveOrDie();
            deeds.add(new Deed(topic, false));
        }
    }

    /// The broker has the event, and nobody knows yet that its command is done.
    void beforeCommit() {
        synchronized (this) {
            dieIf(CrashPoint.AFTER_THE_EVENT);
            liveOrDie();
        }
    }

    private void dieIf(CrashPoint point) {
        if (struck.isPresent() && plan.filter(it -> it.point() == point).isPresent()) {
            died.complete(struck.get());
            throw new Death();
        }
    }

    private void liveOrDie() {
        if (died.isDone()) {
            throw new Death();
        }
    }

    /// Done at the moment of its death, with the call at which it died.
    public CompletableFuture<Deed> died() {
        return died;
    }

    public synchronized List<Deed> deeds() {
        return List.copyOf(deeds);
    }
}
