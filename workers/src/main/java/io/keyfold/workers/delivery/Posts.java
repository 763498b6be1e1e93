package io.keyfold.workers.delivery;

import io.keyfold.contract.WorkerControl;
import io.keyfold.contract.WorkerKind;
import io.keyfold.contract.WorkerStatus;
import io.keyfold.schemas.Decoded;
import io.keyfold.schemas.RecordDecoder;
import io.keyfold.schemas.Topics;
import io.keyfold.workers.step.Gate;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the topics of controls and of statuses say of one worker kind, in each account of this process. Only one thread has it.
///
/// A record that cannot be read, or is about another worker than its key says, is not heeded and no dead letter either: every
/// process of the kind reads it, and again at each start, for as long as it is the last of its key. Each warns of it, and
/// `keyfold doctor` tells it until another one takes its place.
final class Posts {
    private static final Logger LOG = LoggerFactory.getLogger(Posts.class);

    private static final int LONGEST_WORDS = 500;

    private final Map<String, Post> byKey = new TreeMap<>();
    private final RecordDecoder<WorkerControl> controls;
    private final RecordDecoder<WorkerStatus> statuses;

    /// The worker kind in one account.
    private static final class Post {
        private final Telling telling;
        private final Gate gate;
        private Optional<WorkerControl> asked = Optional.empty();
        private Optional<WorkerStatus> told = Optional.empty();
        private Optional<Instant> overruled = Optional.empty();

        Post(Telling telling, Gate gate) {
            this.telling = telling;
            this.gate = gate;
        }
    }

    /// Writes a status under its key; fails if that is not certain.
    @FunctionalInterface
    interface Teller {
        void tell(String key, WorkerStatus status);
    }

    /// @param gates   by the account's alias
    /// @param service as the record key names the worker kind: `root-key`
    /// @param process which process this is
    Posts(
            Map<String, Gate> gates,
            WorkerKind worker,
            String service,
            String process,
            RecordDecoder<WorkerControl> controls,
            RecordDecoder<WorkerStatus> statuses) {
        gates.forEach((account, gate) -> byKey.put(
                account + "/" + service, new Post(new Telling(account, worker, process), gate)));
        this.controls = controls;
        this.statuses = statuses;
    }

    /// Both topics are read from their beginning again.
    void forget() {
        byKey.values().forEach(post -> {
            post.asked = Optional.empty();
            post.told = Optional.empty();
        });
    }

    /// @throws NotReadYetException if the registry does not say how
    void read(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        Post post = byKey.get(key);
        if (post == null) {
            return; // of another kind or account
        }
        if (record.topic().equals(Topics.WORKER_CONTROL.name())) {
            post.asked = control(key, record).or(() -> record.value() == null ? Optional.empty() : post.asked);
        } else {
            post.told = value(statuses, record);
        }
    }

    private Optional<WorkerControl> control(String key, ConsumerRecord<byte[], byte[]> record) {
        return value(controls, record).filter(control -> {
            String about = control.getAccount() + "/" + Telling.service(control.getWorker());
            if (!about.equals(key)) {
                notHeeded(record, "its key is " + key + ", but it is about " + brief(about));
            }
            return about.equals(key);
        });
    }

    private static <T extends SpecificRecord> Optional<T> value(
            RecordDecoder<T> decoder, ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return Optional.empty();
        }
        return switch (decoder.decode(record.headers(), record.value())) {
            case Decoded.Value<T>(T value) -> Optional.of(value);
            case Decoded.Unreadable<T>(var reason, String why) -> {
                notHeeded(record, reason + ": " + why);
                yield Optional.empty();
            }
            case Decoded.RegistryUnavailable<T>(String why) -> throw new NotReadYetException(why);
        };
    }

    /// What held before holds on; whoever wrote it sees in the status that nothing came of it.
    private static void notHeeded(ConsumerRecord<byte[], byte[]> record, String why) {
        LOG.warn("{}-{}@{} is not heeded: {}", record.topic(), record.partition(), record.offset(), why);
    }

    /// Lets the gates be as was asked last.
    void obey() {
        byKey.forEach(Posts::obey);
    }

    private static void obey(String key, Post post) {
        Optional<Gate.Pause> wanted = post.asked.filter(WorkerControl::getPaused).map(
                control -> new Gate.Pause(
                        control.getRequestedAt(), brief(control.getRequestedBy()), brief(control.getReason())));
        if (!wanted.equals(post.gate.paused())) {
            LOG.info("worker={} {}", key, wanted.map(Gate.Pause::words).orElse("resumed"));
            wanted.ifPresentOrElse(post.gate::pause, post.gate::resume);
        }
    }

    /// It is said again in a status, which has to fit into its topic, and in each answer.
    private static String brief(String words) {
        return words.length() <= LONGEST_WORDS ? words : words.substring(0, LONGEST_WORDS) + "…";
    }

    /// Tells of each post what is not told yet.
    void tell(Instant now, Teller teller) {
        byKey.forEach((key, post) -> tell(key, post, now, teller));
    }

    private static void tell(String key, Post post, Instant now, Teller teller) {
        Optional<WorkerStatus> next = post.telling.next(post.gate, post.told, post.overruled, now);
        if (next.isEmpty()) {
            return;
        }
        if (post.telling.overrules(next.get(), post.told)) {
            post.overruled = Optional.of(now);
        }
        teller.tell(key, next.get());
        post.told = next; // what others have said meanwhile is read next
    }

    /// Kafka or the registry does not answer; what there is is read again from its beginning.
    static final class NotReadYetException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotReadYetException(String why) {
            super(why);
        }
    }
}
