package io.keyfold.workflow.stream;

import java.util.Arrays;
import java.util.Optional;

/// Enums of the contract and of the domain are told apart by their packages alone: the names are the same.
final class WireEnums {
    private WireEnums() {}

    /// The contract's constant. A domain constant that the contract lacks is a bug, found by a test.
    static <W extends Enum<W>> W toWire(Enum<?> domain, Class<W> wire) {
        return Enum.valueOf(wire, domain.name());
    }

    /// The domain's constant; empty for `UNKNOWN`, as which every symbol arrives that this version does not know.
    static <D extends Enum<D>> Optional<D> toDomain(Enum<?> wire, Class<D> domain) {
        return Arrays.stream(domain.getEnumConstants())
                .filter(constant -> constant.name().equals(wire.name()))
                .findFirst();
    }
}
