package io.keyfold.gateway.fleet;

/// Where in its topic a record lies.
public record Place(int partition, long offset) {}
