package io.keyfold.workers;

import static org.awaitility.Awaitility.await;

import io.keyfold.emulator.EmulatorServer;
import io.keyfold.emulator.EmulatorSettings;
import io.keyfold.emulator.service.Behaviour;
import io.keyfold.emulator.service.Effect;
import io.keyfold.workers.ibmcloud.Credentials;
import io.keyfold.workers.ibmcloud.IbmCloud;
import io.keyfold.workers.ibmcloud.IbmCloudSettings;
import io.keyfold.workers.ibmcloud.KeyProtectUrl;
import io.keyfold.workers.ibmcloud.Secret;
import io.keyfold.workers.step.Action;
import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.InstanceAddress;
import io.keyfold.workers.step.Gate;
import io.keyfold.workers.step.MonotonicTime;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.StepName;
import io.keyfold.workers.step.StepRunner;
import io.keyfold.workers.step.Turn;
import io.keyfold.workers.step.Worker;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/// The emulated cloud over HTTP, the real adapters to it, and a clock that all share: waiting takes no time.
public final class EmulatedAccount implements AutoCloseable {
    public static final String CLUSTER = "default/hpc-1";
    public static final String MARK = "kf-test-abcdefghijklmnop-1-root-key-1";
    public static final String SOMEBODY = "IBMid-somebody";

    private static final Duration CALL_TIMEOUT = Duration.ofMillis(800);
    private static final int MANY = 100_000;

    private final EmulatorServer emulator = EmulatorServer.start(EmulatorSettings.of(Map.of("seed", "7")));
    private final IbmCloud cloud = cloud(EmulatorSettings.USUAL_API_KEY);
    private final SharedClock clock = new SharedClock();

    /// With a token already: one that a busy machine does not get in time is not asked for again for half a second that no
    /// clock of ours can pass.
    public EmulatedAccount() {
        await().ignoreExceptions().until(() -> !cloud.identity().iamId().isEmpty());
    }

    public EmulatorServer emulator() {
        return emulator;
    }

    public IbmCloud cloud() {
        return cloud;
    }

    public IbmCloud cloud(String apiKey) {
        URI url = emulator.baseUrl();
        return new IbmCloud(new IbmCloudSettings(
                url, url, new KeyProtectUrl.Given(url.toString()), new Credentials.ApiKey(new Secret(apiKey)),
                emulator.cloud().account(),
                CALL_TIMEOUT, CALL_TIMEOUT,
                MANY, MANY, MANY));
    }

    public Instant now() {
        return clock.instant();
    }

    public void pass(Duration time) {
        emulator.cloud().clock().advance(time);
    }

    /// One process of a worker.
    public <T> StepRunner<T> process(Worker<T> worker) {
        return new StepRunner<>(
                worker,
                "default",
                new Turn.Surroundings(clock, clock.monotonic, new Random(7), Duration.ofSeconds(20),
                        Duration.ofSeconds(20)),
                new Gate());
    }

    public static <T> Outcome answer(StepRunner<T> process, Command command, T target) {
        return process.answer(command, target, false, () -> true).outcome();
    }

    /// Asks as the saga does: again when a deferral is over, by the id of what was made meanwhile, until there is
    /// another answer.
    public <T> Outcome untilSettled(StepRunner<T> process, Command first, T target) {
        Command command = first;
        for (int attempt = 1; attempt <= 40; attempt++) {
            Outcome outcome = answer(process, again(command, attempt), target);
            if (!(outcome instanceof Outcome.Deferred deferred)) {
                return outcome;
            }
            if (deferred.made().isPresent() && command.expectedId().isEmpty()) {
                command = expecting(command, deferred.made().get().id());
            }
            Duration wait = Duration.between(now(), deferred.until());
            pass(wait.isNegative() ? Duration.ZERO : wait);
        }
        throw new AssertionError("still deferred after 40 commands: " + first);
    }

    public Command command(StepName step, Action action) {
        return new Command(
                UUID.randomUUID(), CLUSTER, "default", 1, step, action, 1, MARK, now().plusSeconds(1800),
                Optional.empty(), false);
    }

    /// The same command, as the saga sends it again.
    public Command again(Command command, int attempt) {
        return new Command(
                UUID.randomUUID(),
                command.clusterId(),
                command.account(),
                command.run(),
                command.step(),
                command.action(),
                attempt,
                command.mark(),
                now().plusSeconds(1800),
                command.expectedId(),
                command.adoptOnly());
    }

    public static Command expecting(Command command, String id) {
        return new Command(
                command.id(),
                command.clusterId(),
                command.account(),
                command.run(),
                command.step(),
                command.action(),
                command.attempt(),
                command.mark(),
                command.notAfter(),
                Optional.of(id),
                command.adoptOnly());
    }

    public static Command adopting(Command command) {
        return new Command(
                command.id(),
                command.clusterId(),
                command.account(),
                command.run(),
                command.step(),
                command.action(),
                command.attempt(),
                command.mark(),
                command.notAfter(),
                command.expectedId(),
                true);
    }

    /// The next call of the operation, and no other, is struck by the fault.
    public void strike(String operation, String fault) {
        strike(operation, 1, fault);
    }

    /// @param count so many calls; 0 for all
    public void strike(String operation, int count, String fault) {
        emulator.cloud()
                .addFaults("{\"name\":\"" + operation + "\",\"operation\":\"" + operation + "\",\"count\":" + count
                        + ",\"fault\":" + fault + "}");
    }

    public void behave(String name, Object value) {
        var values = new HashMap<>(emulator.cloud().cloud().behaviour().values());
        values.put(name, value);
        emulator.cloud().cloud().behave(Behaviour.of(values));
    }

    /// How often the operation has changed something.
    public long performed(String operation) {
        return emulator.cloud().effects().all().stream()
                .filter(Effect::performed)
                .filter(effect -> effect.operation().equals(operation))
                .count();
    }

    public long sent(String operation) {
        return emulator.cloud().counts().calls(operation);
    }

    public String seedInstance(String name) {
        return seedInstance(name, SOMEBODY);
    }

    public String seedInstance(String name, String creator) {
        var group = emulator.cloud().groups().of(emulator.cloud().account()).getFirst();
        return emulator.cloud().cloud().locked(() -> emulator.cloud().instances().seed(
                Optional.empty(), name, emulator.cloud().account(), "us-south", group, creator)).guid();
    }

    public InstanceAddress anInstance() {
        return new InstanceAddress("us-south", seedInstance("shared-kms"));
    }

    public String seedKey(InstanceAddress instance, String name, List<String> aliases, boolean extractable, int state) {
        return emulator.cloud().cloud().locked(
                () -> emulator.cloud().vaults().seedKey(instance.guid(), name, aliases, extractable, state, SOMEBODY));
    }

    public void register(InstanceAddress instance, String keyId, String resource) {
        emulator.cloud().cloud().locked(() -> {
            emulator.cloud().vaults().register(instance.guid(), keyId, resource, false, SOMEBODY);
            return true;
        });
    }

    @Override
    public void close() {
        cloud.close();
        emulator.close();
    }

    private final class SharedClock extends Clock {
        private final MonotonicTime monotonic = new MonotonicTime() {
            @Override
            public long nanoTime() {
                return Duration.between(Instant.EPOCH, instant()).toNanos();
            }

            @Override
            public void sleep(Duration duration) {
                pass(duration);
            }
        };

        @Override
        public Instant instant() {
            return emulator.cloud().clock().instant();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
