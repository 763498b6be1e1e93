package io.keyfold.gateway.http;

import io.keyfold.gateway.fleet.Order;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// Where a page ended, as a text that callers hand back.
final class Cursor {
    private static final int PARTS = 3;

    private Cursor() {}

    static String text(Order.Rank rank, Order order) {
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString((order + " " + rank.value() + " " + rank.id()).getBytes(StandardCharsets.UTF_8));
    }

    /// Empty if it is none, or was given with another order.
    static Optional<Order.Rank> parse(String text, Order order) {
        try {
            var parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(" ", PARTS);
            return parts.length == PARTS && parts[0].equals(order.toString())
                    ? Optional.of(new Order.Rank(Long.parseLong(parts[1]), parts[2]))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
