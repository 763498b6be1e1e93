package io.keyfold.emulator.faults;

/// What a rule can tell calls apart by. Empty text where the call has no such thing.
public record FaultTarget(String operation, String method, String path, String instance, String account, String caller,
        String iamId, String body) {}
