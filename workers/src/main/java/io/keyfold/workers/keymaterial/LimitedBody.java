package io.keyfold.workers.keymaterial;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/// Reads an answer up to a length. What is longer is not read to its end, and is empty: unlike the JDK's limit, which fails
/// as a broken connection does. Its own copy is wiped.
final class LimitedBody implements BodySubscriber<Optional<byte[]>> {
    private final CompletableFuture<Optional<byte[]>> body = new CompletableFuture<>();
    private final ByteBuffer read;
    private Flow.@Nullable Subscription subscription;

    LimitedBody(int longest) {
        this.read = ByteBuffer.allocate(longest);
    }

    @Override
    public CompletionStage<Optional<byte[]>> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription begun) {
        subscription = begun;
        begun.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
        for (ByteBuffer part : parts) {
            if (body.isDone()) {
                return;
            }
            if (part.remaining() > read.remaining()) {
                if (subscription != null) {
                    subscription.cancel();
                }
                wipe();
                body.complete(Optional.empty());
            } else {
                read.put(part);
            }
        }
    }

    @Override
    public void onError(Throwable failure) {
        wipe();
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        byte[] whole = Arrays.copyOf(read.array(), read.position());
        wipe();
        body.complete(Optional.of(whole));
    }

    private void wipe() {
        Arrays.fill(read.array(), (byte) 0);
    }
}
