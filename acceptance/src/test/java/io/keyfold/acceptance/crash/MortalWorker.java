package io.keyfold.acceptance.crash;

import io.keyfold.schemas.AvroSerdes;
import io.keyfold.schemas.SerdeSettings;
import io.keyfold.workers.WorkerKind;
import io.keyfold.workers.WorkerService;
import io.keyfold.workers.authorization.AuthorizationWorker;
import io.keyfold.workers.delivery.AuthorizationContract;
import io.keyfold.workers.delivery.ClientConfig;
import io.keyfold.workers.delivery.CommandDesk;
import io.keyfold.workers.delivery.CommandTraces;
import io.keyfold.workers.delivery.DeliveryMeters;
import io.keyfold.workers.delivery.KeyedConsumer;
import io.keyfold.workers.delivery.KmsInstanceContract;
import io.keyfold.workers.delivery.ReceivedRecord;
import io.keyfold.workers.delivery.RootKeyContract;
import io.keyfold.workers.delivery.StepContract;
import io.keyfold.workers.ibmcloud.Credentials;
import io.keyfold.workers.ibmcloud.IbmCloud;
import io.keyfold.workers.ibmcloud.IbmCloudSettings;
import io.keyfold.workers.ibmcloud.KeyProtectUrl;
import io.keyfold.workers.ibmcloud.Secret;
import io.keyfold.workers.kmsinstance.KmsInstanceWorker;
import io.keyfold.workers.kmsinstance.NewKmsInstance;
import io.keyfold.workers.rootkey.RootKeyWorker;
import io.keyfold.workers.step.Gate;
import io.keyfold.workers.step.MonotonicTime;
import io.keyfold.workers.step.StepRunner;
import io.keyfold.workers.step.StepRunners;
import io.keyfold.workers.step.Turn;
import io.keyfold.workers.step.Worker;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;

/// A worker as its process has it, wired from the same parts over the same SDK, consumer and producer, but in this JVM:
/// so that hundreds of them can die.
///
/// Its death looks from outside like `kill -9`: from that moment on nothing of it reaches the cloud or the broker, and what
/// it was at is not committed. It differs in one thing: its consumer leaves its group at once instead of being missed
/// after the session's time-out. That, and that what was done before is delivered again too, is seen on real processes:
/// NothingIsDoubledOrLeftBehindIT, NoInterleavingBreaksAPromiseIT, AStormLosesNothingIT.
public final class MortalWorker implements AutoCloseable {
    /// What a call may take here; a successor waits so long for the effect of a call that its predecessor may have sent.
    private static final Duration CALL = Duration.ofSeconds(5);
    private static final Duration STEP = Duration.ofSeconds(10);
    private static final int MANY = 10_000;

    /// Where it works.
    ///
    /// @param cloud of all three APIs
    public record Surroundings(String bootstrapServers, String registryUrl, URI cloud) {}

    private final String name;
    private final Fate fate;
    private final Wire wire;
    private final IbmCloud cloud;
    private final CommandDesk<?, ?, ?> desk;
    private final KeyedConsumer consumer;

    /// @param group its consumer group
    /// @param mine  the commands that it works on; all others are another's
    /// @param plan  where it dies; empty to live on
    public MortalWorker(
            Surroundings surroundings, WorkerKind kind, String name, String group, Predicate<ReceivedRecord> mine,
            Optional<Fate.Plan> plan) {
        this.name = name;
        this.fate = new Fate(plan);
        this.wire = new Wire(surroundings.cloud(), fate);
        LastWords.watch(name, fate);
        this.cloud = new IbmCloud(
                new IbmCloudSettings(
                        wire.url(), wire.url(), new KeyProtectUrl.Given(wire.url().toString()),
                        new Credentials.ApiKey(new Secret("emulator-api-key")), "0123456789abcdef0123456789abcdef",
                        CALL, CALL, MANY, MANY, MANY));
        var kafka = new ClientConfig(
                surroundings.bootstrapServers(), name,
                Map.of("interceptor.classes", LastWords.class.getName(), LastWords.PROCESS, name));
        var serdes = new AvroSerdes(SerdeSettings.from(Map.of("schema.registry.url", surroundings.registryUrl())));
        this.desk = switch (kind) {
            case KMS_INSTANCE -> desk(
                    new KmsInstanceContract(),
                    new KmsInstanceWorker(cloud.kmsInstances(), NewKmsInstance.AllowedNetwork.PUBLIC_AND_PRIVATE),
                    kafka, serdes);
            case ROOT_KEY -> desk(
                    new RootKeyContract(), new RootKeyWorker(cloud.rootKeys(), _ -> {
                        throw new IllegalStateException("No key is brought here");
                    }), kafka, serdes);
            case AUTHORIZATION -> desk(
                    new AuthorizationContract(), new AuthorizationWorker(cloud.authorizationPolicies()), kafka, serdes);
        };
        this.consumer = new KeyedConsumer(
                name, withoutInterceptor(kafka).consumer(group), topic(kind),
                new KeyedConsumer.Limits(200, Duration.ZERO),
                record -> {
                    if (mine.test(record)) {
                        desk.carryOut(record);
                        fate.beforeCommit();
                    }
                });
        consumer.start();
    }

    private static ClientConfig withoutInterceptor(ClientConfig kafka) {
        return new ClientConfig(kafka.bootstrapServers(), kafka.clientId(), Map.of());
    }

    private static String topic(WorkerKind kind) {
        return WorkerService.commands(kind).name();
    }

    private <C extends SpecificRecord, E extends SpecificRecord, T> CommandDesk<C, E, T> desk(
            StepContract<C, E, T> contract, Worker<T> worker, ClientConfig kafka, AvroSerdes serdes) {
        var turn = new Turn.Surroundings(Clock.systemUTC(), MonotonicTime.SYSTEM, new Random(), STEP, CALL);
        return new CommandDesk<>(
                contract, new StepRunners<>(Map.of("default", new StepRunner<>(worker, "default", turn, new Gate()))),
                kafka, serdes, "/keyfold/default/" + name, name, Clock.systemUTC(), DeliveryMeters.off(),
                CommandTraces.off());
    }

    public void awaitReady() throws InterruptedException {
        if (!consumer.awaitReady(Duration.ofSeconds(60))) {
            throw new AssertionError(name + " is not ready within 60 s");
        }
    }

    public Fate fate() {
        return fate;
    }

    /// Whether it lives or not.
    @Override
    public void close() {
        wire.close();
        consumer.close();
        desk.close();
        cloud.close();
        LastWords.forget(name);
    }
}
