package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.WorkflowTopology.DEADLINES;
import static io.keyfold.workflow.stream.WorkflowTopology.REPLAY_GUARD;
import static io.keyfold.workflow.stream.WorkflowTopology.SAGAS;

import io.keyfold.contract.DeadLetterReason;
import io.keyfold.schemas.Topics;
import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.saga.AuditEvent;
import io.keyfold.workflow.saga.AuditLine;
import io.keyfold.workflow.saga.Decision;
import io.keyfold.workflow.saga.Effect;
import io.keyfold.workflow.saga.Saga;
import io.keyfold.workflow.saga.SagaEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands everything that happens to a cluster to its saga, and writes what the saga decides.
///
/// Everything that can fail about a record comes before the first write, so that a record is handled whole or not at all.
final class SagaProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(SagaProcessor.class);

    /// So many sagas are woken in one go; the rest waits for the next tick, so that other records get their turn.
    private static final int MOST_AT_ONCE = 1000;

    /// When a saga that could not be woken is tried again.
    private static final Duration AFTER_A_FAILURE = Duration.ofMinutes(1);

    private final WorkflowParts parts;
    private final OneLife life = new OneLife();
    private final SagaOutput output;
    private final Outbox outbox;

    // Set by init, before anything else is called.
    private ProcessorContext<byte[], byte[]> context;
    private SagaStore sagas;
    private DeadlineStore deadlines;
    private ReplayGuard guard;
    private SagaInputs inputs;
    private Sensor repeated;
    private TakeOver takeOver;

    /// What the record in hand has to have told in the first audit that is written for it, before anything else.
    private List<AuditLine> untold = List.of();

    @SuppressWarnings("NullAway.Init")
    SagaProcessor(WorkflowParts parts) {
        this.parts = parts;
        this.outbox = parts.outbox();
        this.output = new SagaOutput(outbox);
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        life.begin(context.taskId());
        this.context = context;
        sagas = new SagaStore(context.getStateStore(SAGAS));
        deadlines = new DeadlineStore(context.getStateStore(DEADLINES));
        takeOver = new TakeOver(sagas, deadlines, parts.verifyInterval());
        guard = new ReplayGuard(context.getStateStore(REPLAY_GUARD), parts.topics());
        inputs = new SagaInputs(parts.serdes(), parts.patience(), this::now);
        repeated = Counters.repeated(context);
        context.schedule(parts.tick(), PunctuationType.WALL_CLOCK_TIME, this::wakeSagas);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        SourceRecord source = SourceRecord.of(record, context.recordMetadata().orElseThrow());
        ReplayGuard.Sighting sighting = guard.sight(source);
        if (sighting == ReplayGuard.Sighting.REPEATED) {
            repeated.record();
            parts.meters().repeated();
        } else {
            replacement(source, sighting).ifPresentOrElse(
                    first -> handleAndTell(source, first), () -> handle(source));
            guard.remember(source);
        }
        if (parts.pace().isTimeToCommit()) {
            context.commit();
        }
    }

    /// The first record of the source's topic since it was deleted and made again, if no audit tells of that yet.
    private OptionalLong replacement(SourceRecord source, ReplayGuard.Sighting sighting) {
        if (sighting != ReplayGuard.Sighting.NEW_IN_REPLACED_TOPIC) {
            return guard.untold(source);
        }
        LOG.warn(replaced(source, source.offset()));
        return OptionalLong.of(source.offset());
    }

    private static String replaced(SourceRecord source, long first) {
        return "Topic " + source.topic() + " has been deleted and made again: its records, from "
                + SourceRecord.place(source.topic(), source.partition(), first) + " on, are taken for new ones.";
    }

    /// The record in hand may be of no cluster, or of one that lies elsewhere: then a later one's audit tells.
    private void handleAndTell(SourceRecord source, long replacement) {
        untold = List.of(new AuditLine(
                AuditEvent.SOURCE_REPLACED, 0, "", Optional.empty(), "", "", "", "", replaced(source, replacement),
                source.topic()));
        handle(source);
        if (untold.isEmpty()) {
            guard.forgetUntold(source);
        } else {
            guard.rememberUntold(source, replacement);
            untold = List.of();
        }
    }

    private void handle(SourceRecord source) {
        if (source.topic().equals(Topics.MISPLACED_REQUESTS.name())) {
            unwrap(source);
        } else {
            place(source);
        }
    }

    private void unwrap(SourceRecord source) {
        switch (inputs.unwrap(source)) {
            case SagaInputs.Unwrapped.Request(var request) -> read(request);
            case SagaInputs.Unwrapped.Unusable(var why) -> giveUp(source, why);
        }
    }

    /// A request may come from a producer that spreads keys in its own way; all else is ours and must lie right.
    private void place(SourceRecord source) {
        byte[] key = source.key();
        if (key == null || partitionOf(key) == source.partition()) {
            read(source);
            return;
        }
        Optional<Input.Unusable> fault = SagaInputs.faultOfKey(source);
        if (fault.isPresent()) {
            giveUp(source, fault.get());
        } else if (SagaInputs.isRequest(source.topic())) {
            sendOn(source, key);
        } else {
            giveUp(source, Input.Unusable.of(
                    DeadLetterReason.PROCESSING_FAILED,
                    "The record lies in partition " + source.partition() + ", its key belongs in "
                            + partitionOf(key) + ": folding it here would split its cluster in two."
                            + " Let its writer use Kafka's default partitioner (murmur2)."));
        }
    }

    /// To its cluster's own partition, where its audit is another task's.
    private void sendOn(SourceRecord source, byte[] key) {
        Outgoing sentOn = outbox.prepare(
                Topics.MISPLACED_REQUESTS, key, source.wrapped(), "misplaced:" + source.place(), now(),
                source.headers());
        if (sentOn.fits()) {
            forward(sentOn);
        } else {
            giveUp(source, tooLarge(sentOn));
        }
    }

    private int partitionOf(byte[] key) {
        return Utils.toPositive(Utils.murmur2(key)) % parts.topics().partitions();
    }

    private void read(SourceRecord source) {
        Cause cause = Cause.of(source, parts.topics(), now());
        switch (inputs.read(source)) {
            case Input.Event(var cluster, var event) -> fold(source, cluster, event, cause);
            case Input.Refused(var cluster, var line) -> refuse(source, sagas.get(cluster), line, cause);
            case Input.Unusable unusable -> giveUp(source, unusable);
        }
    }

    private void fold(SourceRecord source, ClusterId cluster, SagaEvent event, Cause cause) {
        Saga before = sagas.get(cluster);
        try (var _ = LogFields.of(before, cause)) {
            fold(source, before, event, cause);
        }
    }

    private void fold(SourceRecord source, Saga before, SagaEvent event, Cause cause) {
        ClusterId cluster = before.cluster();
        Ready ready;
        try {
            ready = prepare(before, decide(before, event), cause, Optional.of(event));
        } catch (SerializationException e) {
            throw e; // the registry's fault, not the record's
        } catch (RuntimeException e) {
            LOG.error("Cannot process the record at {}; it goes to {}", source.place(), Topics.DEAD_LETTERS, e);
            giveUp(
                    source,
                    unfoldable(cluster, DeadLetterReason.PROCESSING_FAILED,
                            "Keyfold failed on it (" + e.getClass().getSimpleName() + "); its log says more.", source));
            return;
        }
        Optional<Outgoing> tooLarge = ready.tooLarge();
        if (tooLarge.isPresent() || !ready.stateFits()) {
            String message = tooLarge.map(SagaProcessor::tooLarge).orElseGet(SagaProcessor::stateTooLarge).message();
            giveUp(source, unfoldable(cluster, DeadLetterReason.TOO_LARGE, message, source));
        } else {
            write(ready, ready.after().nextWakeUp());
        }
    }

    private void refuse(SourceRecord source, Saga saga, AuditLine line, Cause cause) {
        Ready ready = prepare(saga, tell(saga, plus(untold, line)), cause, Optional.empty());
        Optional<Outgoing> tooLarge = ready.tooLarge();
        if (tooLarge.isPresent()) {
            giveUp(source, tooLarge(tooLarge.get()));
        } else {
            write(ready, saga.nextWakeUp());
        }
    }

    private Decision decide(Saga before, SagaEvent event) {
        Decision first = tell(before, untold);
        Decision decision = parts.fold().fold(first.saga(), event, now());
        List<Effect> effects = new ArrayList<>(first.effects());
        effects.addAll(decision.effects());
        return new Decision(decision.saga(), effects, decision.statusChanged());
    }

    /// The decision to write these lines and change nothing else.
    private static Decision tell(Saga saga, List<AuditLine> lines) {
        return new Decision(
                saga.counted(saga.revision(), saga.auditSequence() + lines.size()),
                lines.stream().<Effect>map(Effect.Write::new).toList(),
                false);
    }

    /// A decision with its records made and its state encoded: nothing of it can fail any more.
    ///
    /// @param event what was decided on; empty if it was not read as any
    private record Ready(
            Saga before, Decision decision, Cause cause, Optional<SagaEvent> event, Trail trail, Saga after,
            byte[] encoded, boolean stateFits, List<Outgoing> records) {
        Optional<Outgoing> tooLarge() {
            return records.stream().filter(record -> !record.fits()).findFirst();
        }
    }

    private Ready prepare(Saga before, Decision decision, Cause cause, Optional<SagaEvent> event) {
        Trail trail = parts.traces().trail(before, decision, cause);
        SagaOutput.Made made = output.of(decision, cause, trail, now());
        Saga after = decision.saga().withAuditHash(made.auditHash())
                .withTrace(WorkflowTraces.kept(before, trail, decision.saga()));
        byte[] encoded = StateCodec.SAGA.encode(after);
        return new Ready(
                before, decision, cause, event, trail, after, encoded,
                encoded.length <= WorkflowTopology.LARGEST_STATE, made.records());
    }

    private void write(Decision decision, Cause cause) {
        Ready ready = prepare(sagas.get(decision.saga().cluster()), decision, cause, Optional.empty());
        write(ready, ready.after().nextWakeUp());
    }

    private void write(Ready ready, Optional<Instant> wakeUp) {
        ClusterId cluster = ready.after().cluster();
        if (!ready.after().equals(ready.before())) {
            sagas.put(ready.after(), ready.encoded());
        }
        deadlines.move(cluster, ready.before().nextWakeUp(), wakeUp);
        ready.records().forEach(this::forward);
        untold = List.of();
        parts.meters().decided(ready.before(), ready.decision(), now());
        parts.traces().decided(
                ready.before(), ready.decision(), ready.trail(), ready.cause(), ready.event(), now());
    }

    private void giveUp(SourceRecord source, Input.Unusable unusable) {
        // Its message may quote the record, so it is not for the log.
        LOG.warn("{} goes to {}: {}", source.place(), Topics.DEAD_LETTERS, unusable.reason());
        forward(outbox.deadLetter(source, unusable.reason(), unusable.message(), now()));
        parts.meters().deadLetter(unusable.reason());
        Cause cause = Cause.of(source, parts.topics(), now());
        unusable.told().ifPresentOrElse(
                audit -> write(tell(sagas.get(audit.cluster()), plus(untold, audit.line())), cause),
                () -> parts.traces().unusable(cause, unusable.reason().name(), now()));
    }

    private static Input.Unusable unfoldable(
            ClusterId cluster, DeadLetterReason reason, String message, SourceRecord source) {
        AuditLine line = Mapped.ignored(
                0, reason.name(), "The record at " + source.place() + " has no effect. " + message, source.topic());
        return new Input.Unusable(reason, message, Optional.of(new Input.Unusable.Told(cluster, line)));
    }

    private static Input.Unusable tooLarge(Outgoing outgoing) {
        return Input.Unusable.of(
                DeadLetterReason.TOO_LARGE,
                "What follows from it is larger than topic " + outgoing.topic() + " takes (max.message.bytes)."
                        + " Send it again with shorter values.");
    }

    private static Input.Unusable stateTooLarge() {
        return Input.Unusable.of(
                DeadLetterReason.TOO_LARGE,
                "What follows from it is larger than a saga may be, " + WorkflowTopology.LARGEST_STATE
                        + " bytes. Send it again with shorter values.");
    }

    private static List<AuditLine> plus(List<AuditLine> lines, AuditLine last) {
        List<AuditLine> all = new ArrayList<>(lines);
        all.add(last);
        return all;
    }

    private void wakeSagas(long timestamp) {
        Instant now = now();
        takeOver.goOn(now);
        List<DeadlineStore.WakeUp> due = deadlines.due(now, MOST_AT_ONCE);
        for (DeadlineStore.WakeUp wakeUp : due) {
            deadlines.remove(wakeUp);
            wake(wakeUp.cluster(), now);
        }
        if (!due.isEmpty()) {
            context.commit(); // once a tick, and no record may come to have it done
        }
    }

    private void wake(ClusterId cluster, Instant now) {
        Saga before = sagas.get(cluster);
        try (var _ = LogFields.of(before, Cause.time(now))) {
            wake(before, now);
        }
    }

    private void wake(Saga before, Instant now) {
        ClusterId cluster = before.cluster();
        try {
            SagaEvent passed = new SagaEvent.TimePassed();
            Ready ready =
                    prepare(before, decide(before, passed), Cause.time(now), Optional.of(passed));
            if (ready.stateFits() && ready.tooLarge().isEmpty()) {
                // A saga that wants the same moment again gets the next tick.
                write(ready, ready.after().nextWakeUp().map(at -> at.isAfter(now) ? at : now.plus(parts.tick())));
                return;
            }
            LOG.error("{}: what follows from its wake-up is too large to be written", cluster);
        } catch (SerializationException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.error("{}: its wake-up failed", cluster, e);
        }
        deadlines.add(new DeadlineStore.WakeUp(cluster, now.plus(AFTER_A_FAILURE)));
    }

    private void forward(Outgoing outgoing) {
        context.forward(outgoing.record(), WorkflowTopology.sagaSink(outgoing.topic()));
    }

    private Instant now() {
        return Instant.ofEpochMilli(context.currentSystemTimeMs());
    }
}
