package io.keyfold.emulator.http;

import java.util.function.Consumer;

/// Answers a request.
@FunctionalInterface
public interface HttpHandler {

    Reply answer(HttpRequest request) throws InterruptedException;

    /// @param whenSent told once whether the whole answer was handed to the network
    record Reply(Delivery delivery, Consumer<Boolean> whenSent) {

        public static Reply whole(HttpResponse response) {
            return new Reply(new Delivery.Whole(response), _ -> {});
        }
    }
}
