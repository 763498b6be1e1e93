package io.keyfold.schemas;

import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;

/// What Kafka answers to an admin client's question.
public final class KafkaAnswer {
    private KafkaAnswer() {}

    /// Waits for it.
    ///
    /// @throws KafkaException why there is none; an [InterruptException] if this thread was interrupted
    public static <T> T of(KafkaFuture<T> question) {
        try {
            return Objects.requireNonNull(question.get());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        }
    }
}
