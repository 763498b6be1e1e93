package io.keyfold.workflow.stream;

import static io.keyfold.workflow.stream.WorkflowTopology.LEDGER;
import static io.keyfold.workflow.stream.WorkflowTopology.LEDGER_REPLAY_GUARD;

import io.keyfold.contract.DeadLetterReason;
import io.keyfold.contract.LedgerRequest;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.RecordDecoder;
import io.keyfold.schemas.Topics;
import io.keyfold.workflow.ledger.LedgerEntry;
import io.keyfold.workflow.ledger.LedgerFold;
import io.keyfold.workflow.ledger.LedgerReply;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands what sagas tell and ask to the ledger entry of the instance, and sends the answers back.
final class LedgerProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerProcessor.class);

    private final WorkflowParts parts;
    private final OneLife life = new OneLife();
    private final Outbox outbox;
    private final RecordDecoder<LedgerRequest> decoder;

    // Set by init, before anything else is called.
    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> ledger;
    private ReplayGuard guard;
    private Sensor repeated;

    @SuppressWarnings("NullAway.Init")
    LedgerProcessor(WorkflowParts parts) {
        this.parts = parts;
        this.outbox = parts.outbox();
        this.decoder = parts.serdes().decoder(Topics.LEDGER_REQUESTS);
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        life.begin(context.taskId());
        this.context = context;
        ledger = context.getStateStore(LEDGER);
        guard = new ReplayGuard(context.getStateStore(LEDGER_REPLAY_GUARD), parts.topics());
        repeated = Counters.repeated(context);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        SourceRecord source = SourceRecord.of(record, context.recordMetadata().orElseThrow());
        switch (guard.sight(source)) {
            case REPEATED -> {
                repeated.record();
                parts.meters().repeated();
            }
            case NEW_IN_REPLACED_TOPIC -> {
                LOG.warn(
                        "Topic {} has been deleted and made again: its records, from {} on, are taken for new ones.",
                        source.topic(),
                        source.place());
                handle(source);
            }
            case NEW -> handle(source);
        }
        if (parts.pace().isTimeToCommit()) {
            context.commit();
        }
    }

    private void handle(SourceRecord source) {
        read(source);
        guard.remember(source);
    }

    private void read(SourceRecord source) {
        Decoded<LedgerRequest> decoded =
                parts.patience().read(() -> decoder.decode(source.headers(), source.value()));
        switch (decoded) {
            case Decoded.Value<LedgerRequest>(var value) -> understand(source, value);
            case Decoded.Unreadable<LedgerRequest> unreadable -> giveUp(source, SagaInputs.unusable(unreadable));
            case Decoded.RegistryUnavailable<LedgerRequest> _ ->
                throw new IllegalStateException("A registry that does not answer is waited for");
        }
    }

    private void understand(SourceRecord source, LedgerRequest value) {
        Optional<io.keyfold.workflow.ledger.LedgerRequest> request = LedgerMapping.request(value);
        byte[] key = source.key();
        if (key == null) {
            giveUp(source, Input.Unusable.of(DeadLetterReason.NULL_KEY, "The record has no key."));
        } else if (request.isEmpty()) {
            giveUp(
                    source,
                    Input.Unusable.of(
                            DeadLetterReason.UNDECODABLE,
                            "The request is of a type, for a kind or from a cluster that this version does not know."));
        } else if (!new String(key, StandardCharsets.UTF_8).equals(LedgerMapping.entryKey(request.get()))) {
            giveUp(
                    source,
                    Input.Unusable.of(
                            DeadLetterReason.KEY_MISMATCH, "The record's key is not its account and instance."));
        } else {
            fold(source, request.get());
        }
    }

    private void fold(SourceRecord source, io.keyfold.workflow.ledger.LedgerRequest request) {
        String key = LedgerMapping.entryKey(request);
        byte[] stored = ledger.get(key);
        LedgerEntry before = stored == null ? LedgerEntry.empty() : StateCodec.LEDGER.decode(stored);
        LedgerFold.Decision decision = LedgerFold.fold(before, request);
        byte[] encoded = StateCodec.LEDGER.encode(decision.entry());
        List<Outgoing> replies = decision.replies().stream().map(answer -> reply(answer, source)).toList();
        if (encoded.length > WorkflowTopology.LARGEST_STATE || !replies.stream().allMatch(Outgoing::fits)) {
            giveUp(
                    source,
                    Input.Unusable.of(
                            DeadLetterReason.TOO_LARGE,
                            "What follows from it is larger than its topic or store takes."));
            return;
        }
        if (!decision.entry().equals(before)) {
            ledger.put(key, encoded);
        }
        replies.forEach(this::forward);
        parts.traces().ledger(request, decision.replies(), source.headers(), now());
    }

    private Outgoing reply(LedgerReply reply, SourceRecord source) {
        Instant now = now();
        return outbox.prepare(
                Topics.LEDGER_REPLIES,
                reply.request().cluster().toString().getBytes(StandardCharsets.UTF_8),
                LedgerMapping.toWireReply(reply, now),
                reply.verdict() + ":" + reply.request().id(),
                now,
                source.headers());
    }

    private void giveUp(SourceRecord source, Input.Unusable unusable) {
        LOG.warn("{} goes to {}: {}", source.place(), Topics.DEAD_LETTERS, unusable.reason());
        forward(outbox.deadLetter(source, unusable.reason(), unusable.message(), now()));
        parts.meters().deadLetter(unusable.reason());
    }

    private void forward(Outgoing outgoing) {
        context.forward(outgoing.record(), WorkflowTopology.ledgerSink(outgoing.topic()));
    }

    private Instant now() {
        return Instant.ofEpochMilli(context.currentSystemTimeMs());
    }
}
