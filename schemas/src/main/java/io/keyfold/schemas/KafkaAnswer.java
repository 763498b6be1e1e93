package io.keyfold.schemas;

import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/// What Kafka answers: to an admin client's question, or to a producer's record.
public final class KafkaAnswer {
    private KafkaAnswer() {}

    /// Waits for it.
    ///
    /// @throws KafkaException why there is none; an [InterruptException] if this thread was interrupted
    public static <T> T of(Future<T> question) {
        return Objects.requireNonNull(get(question));
    }

    /// Waits until what was asked for is done.
    ///
    /// @throws KafkaException why it is not; an [InterruptException] if this thread was interrupted
    public static void done(Future<Void> order) {
        get(order);
    }

    private static <T> @Nullable T get(Future<T> question) {
        try {
            return question.get();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        }
    }
}
